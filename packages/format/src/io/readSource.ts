import type { io } from '@tensorflow/tfjs-core';
import { type Bytes, bytesOf } from '../artifacts/bytes.js';
import { FormatError } from '../codec/FormatError.js';

/**
 * Where a compressed file can be read from without tfjs's help; a Response or another
 * body counts as a file.
 */
export type Source = string | URL | Bytes | Pick<Blob, 'arrayBuffer'> | ArrayLike<Blob> | io.IOHandler;

/** What error messages call a source. */
export function sourceName(source: Source): string {
  if (typeof source === 'string' || source instanceof URL) return `${source}`.slice(0, 200);
  const named = source as { name?: string; 0?: { name?: string } } | undefined;
  return named?.name ?? named?.[0]?.name ?? 'compressed model';
}

/**
 * The bytes at a URL that fetch takes, in memory, in a Blob (a File of an <input>, or the
 * list of one), or carried by an IOHandler.
 *
 * @throws FormatError when nothing can be read from `source`.
 */
export async function readSource(source: Source, requestInit?: RequestInit): Promise<Uint8Array> {
  const name = sourceName(source);
  let from: any = source;
  if (from && (typeof from === 'string' || from instanceof URL)) {
    from = await fetch(from, requestInit).catch((error) => {
      requestInit?.signal?.throwIfAborted();
      throw new FormatError(name, 0, `cannot be fetched: ${error.message}`);
    });
  }
  if (from?.ok === false) throw new FormatError(name, 0, `the request failed with status ${from.status}`);
  // tf.io.browserFiles() takes the first of its files for JSON, and never settles when it
  // is none.
  from = from?.jsonFile ?? from;
  if (ArrayBuffer.isView(from) || from instanceof ArrayBuffer) return bytesOf(from);
  if (from?.length === 1) from = from[0];
  if (from?.arrayBuffer) return bytesOf(await from.arrayBuffer());
  if (!from?.load) {
    const received = from?.length ?? from?.constructor?.name ?? from;
    throw new FormatError(name, 0, `expected a URL, bytes, 1 file or a handler that can load, received ${received}`);
  }
  const { weightData } = await from.load();
  return bytesOf(await new Blob([weightData ?? []].flat()).arrayBuffer());
}
