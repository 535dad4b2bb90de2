import { bytesOf } from '@tfjs-compress/format/internal';
import type { GraphArtifacts } from './graph/readGraph.js';
import { compileDecoder, unpack } from './unpack.js';

/** A model as tfjs keeps it: modelTopology, weightSpecs, weightData. */
export type Artifacts = GraphArtifacts;

type Bytes = ArrayBuffer | ArrayBufferView;
type File = Pick<Blob, 'arrayBuffer'>;

/**
 * Where a model comes from: a compressed file (.tfz) by its URL, as bytes, Response, File
 * or list of one; or artifacts.
 */
export type Source = string | URL | Bytes | File | ArrayLike<File> | Artifacts | { load(): Promise<Artifacts> };

export interface LoadOptions {
  /** Ends the loading: the promise is rejected with its reason. */
  signal?: AbortSignal;
  /**
   * Told how much has been read, from 0 to 1, where the server says how long the file is;
   * 1 at the end.
   */
  onProgress?: (fraction: number) => void;
  /**
   * Bytes that the weights, and the intermediate results of a prediction, may each take.
   * Default: 2^30. More is refused, be it at load or at the first prediction of a size.
   */
  maxBytes?: number;
  /** What messages call the file. Default: its URL or name. */
  name?: string;
}

/**
 * The artifacts that a source holds.
 *
 * @throws FormatError for a file that is not a whole compressed model.
 */
export async function readSource(
  source: Source,
  { signal, onProgress, maxBytes, name }: LoadOptions,
): Promise<Artifacts> {
  let from: any = source;
  const isUrl = typeof from === 'string' || from instanceof URL;
  const title = name ?? (isUrl ? `${from}`.slice(0, 200) : (from?.name ?? from?.[0]?.name));
  let module: ReturnType<typeof compileDecoder> | undefined;
  if (isUrl) {
    module = compileDecoder();
    const request = fetch(from, { signal }).catch((error) => {
      signal?.throwIfAborted();
      throw new Error(`${title}: cannot be fetched: ${error.message}.`);
    });
    [from] = await Promise.all([request, module]);
  }
  if (typeof from?.load === 'function') from = await from.load();
  if (from?.modelTopology) return from;
  // tf.io handlers that carry a compressed file.
  if (from?.weightData) from = await new Blob([from.weightData].flat()).arrayBuffer();
  if (from?.length === 1 && from[0]?.arrayBuffer) from = from[0];
  if (from?.ok === false) throw new Error(`${title ?? 'the model'}: the request failed with status ${from.status}.`);
  if (from?.body?.getReader) from = await readBody(from, signal, onProgress);
  else if (from?.arrayBuffer) from = await from.arrayBuffer();
  // No instanceof: a buffer may be of another realm.
  if (from?.byteLength === undefined) {
    throw new Error('source: expected a URL, bytes, a Response, one File or artifacts.');
  }
  signal?.throwIfAborted();
  return unpack(bytesOf(from), title || 'compressed model', maxBytes, module);
}

/** All of a response's body. */
async function readBody(
  { body, headers }: Response,
  signal: AbortSignal | undefined,
  onProgress: LoadOptions['onProgress'],
): Promise<ArrayBuffer> {
  const parts: BlobPart[] = [];
  const total = Number(headers.get('content-length'));
  const reader = body!.getReader();
  // Refused where the signal has ended the request, too.
  const cancel = () => reader.cancel(signal!.reason).catch(() => {});
  signal?.addEventListener('abort', cancel);
  let read = 0;
  try {
    for (;;) {
      const { value } = await reader.read();
      signal?.throwIfAborted();
      if (!value) return await new Blob(parts).arrayBuffer();
      parts.push(value);
      read += value.length;
      // The length may be that of the compressed transfer.
      if (total > 0) onProgress?.(Math.min(read / total, 1));
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/**
 * @throws Error for an option that is not known, or a maxBytes that is not a number of
 *   bytes.
 */
export function checkOptions(options: LoadOptions, owner = 'loadModel'): void {
  const known = ['signal', 'onProgress', 'maxBytes', 'name'];
  for (const key in options) {
    if (!known.includes(key)) throw new Error(`${owner}: expected the options ${known.join(', ')}, received '${key}'.`);
  }
  const { maxBytes = 1 } = options;
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw new Error(`${owner}: maxBytes: expected an integer > 0, received ${maxBytes}.`);
  }
}
