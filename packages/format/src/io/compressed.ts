import { io } from '@tensorflow/tfjs-core';
import { checkKnownOptions, checkSignal } from '@tfjs-compress/math/internal';
import { checkOptions } from '../decode/checkOptions.js';
import type { UnpackOptions } from '../decode/open.js';
import { unpack } from '../decode/unpack.js';
import { packOptionNames } from '../encode/pack.js';
import { type PackAsyncOptions, packAsync } from '../encode/packAsync.js';
import { isFileUrl, readFile, writeFile } from './files.js';
import { readSource, type Source, sourceName } from './readSource.js';

export interface CompressedOptions extends PackAsyncOptions, UnpackOptions {
  /**
   * For http(s): what fetch gets besides the URL; a save is a POST of a form with the
   * file 'model.tfz' unless it says otherwise.
   */
  requestInit?: RequestInit;
}

export interface CompressedSaveResult extends io.SaveResult {
  /** Bytes of the compressed file. */
  sizeBytes: number;
}

/** What compressed() makes of a place, for model.save and tf.loadLayersModel. */
export interface CompressedHandler {
  load: io.LoadHandler;
  save: (artifacts: io.ModelArtifacts) => Promise<CompressedSaveResult>;
}

/**
 * A handler for model.save and tf.loadLayersModel that keeps the model as one compressed
 * file.
 *
 * ```js
 * const { sizeBytes } = await model.save(compressed('file://output/model.tfz'));
 * const again = await tf.loadLayersModel(compressed('file://output/model.tfz'));
 * ```
 *
 * @param place file://PATH (Node), http(s)://… or a relative URL, downloads://NAME (saves
 *   only, as NAME.tfz), indexeddb://…, localstorage://… and every other URL that a tfjs
 *   handler is registered for, an IOHandler, which then keeps the file as its weight
 *   data, or, for loads only, bytes, a Response, blob: and data: URLs, a File or list of
 *   one.
 * @throws FormatError (from load) for what is no whole, unchanged compressed file.
 */
export function compressed(place: Source, options: CompressedOptions = {}): CompressedHandler {
  const target = place instanceof URL ? urlText(place) : place;
  checkKnownOptions(options, ['requestInit', 'maxBytes', 'name', 'signal', ...packOptionNames], 'compressed');
  const { maxBytes, name = sourceName(target), requestInit: given, ...packOptions } = options;
  const { signal } = packOptions;
  checkSignal(signal);
  const requestInit = signal ? { signal, ...given } : given;
  checkOptions({ maxBytes }, 'maxBytes');
  return {
    async save(artifacts) {
      const bytes = await packAsync(artifacts, packOptions);
      signal?.throwIfAborted();
      const rest = await write(target, bytes, requestInit);
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts), sizeBytes: bytes.length, ...rest };
    },
    async load() {
      const file = await read(target, requestInit);
      signal?.throwIfAborted();
      return unpack(file, { name, maxBytes });
    },
  };
}

function read(target: Source, requestInit?: RequestInit): Promise<Uint8Array> {
  if (typeof target !== 'string' || isFetched(target)) return readSource(target, requestInit);
  if (isFileUrl(target)) return readFile(target);
  return readSource(handlerFor(target, io.getLoadHandlers(target)));
}

async function write(
  target: Source,
  bytes: Uint8Array<ArrayBuffer>,
  requestInit?: RequestInit,
): Promise<Partial<io.SaveResult>> {
  if (typeof target === 'string') {
    if (isFileUrl(target)) return writeFile(target, bytes).then(() => ({}));
    if (isFetched(target)) return upload(target, bytes, requestInit);
    if (target.startsWith('downloads://')) return download(target.slice('downloads://'.length), bytes);
    return write(handlerFor(target, io.getSaveHandlers(target)), bytes);
  }
  const handler = target as io.IOHandler | undefined;
  if (typeof handler?.save !== 'function') throw new Error(`compressed: ${sourceName(target)} cannot be saved to.`);
  const { modelArtifactsInfo, ...rest } = await handler.save(carry(bytes));
  return rest;
}

/**
 * Artifacts that hold a compressed file as their weight data, for a handler that knows
 * nothing about it.
 */
function carry(bytes: Uint8Array): io.ModelArtifacts {
  return {
    modelTopology: { class_name: 'tfjs-compress' },
    format: 'tfz',
    weightSpecs: [{ name: 'tfz', shape: [bytes.length], dtype: 'bool' }],
    weightData: bytes.slice().buffer,
  };
}

/** A URL as tfjs and this package write them: in file:// URLs nothing is escaped. */
function urlText({ href, protocol, host, pathname }: URL): string {
  return protocol === 'file:' ? `file://${host}${decodeURIComponent(pathname)}` : href;
}

function isFetched(url: string): boolean {
  return /^(https?|blob|data):/i.test(url) || !/^[a-z][a-z0-9+.-]*:/i.test(url);
}

function handlerFor(url: string, handlers: io.IOHandler[]): io.IOHandler {
  if (handlers.length === 1) return handlers[0];
  const known = 'indexeddb://, localstorage://, downloads:// (to save), file:// (in Node), https:// or a relative URL';
  throw new Error(`compressed: tfjs has ${handlers.length} handlers for '${url}', expected 1. Use ${known}.`);
}

async function upload(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  requestInit?: RequestInit,
): Promise<Partial<io.SaveResult>> {
  const body = new FormData();
  body.append('model.tfz', new Blob([bytes], { type: 'application/octet-stream' }), 'model.tfz');
  const response = await fetch(url, { method: 'POST', body, ...requestInit }).catch((cause) => {
    requestInit?.signal?.throwIfAborted();
    throw notSaved(url, `: ${cause.message}`, cause);
  });
  if (!response.ok) throw notSaved(url, ` with status ${response.status}`);
  return { responses: [response] };
}

/**
 * Most who meet this did not mean an address on a server, so it says what else there is.
 */
function notSaved(url: string, reason: string, cause?: unknown): Error {
  const instead = 'Use file://PATH for a file in Node, downloads://NAME or indexeddb://NAME in a browser';
  return new Error(`compressed: saving to ${url} (a POST) failed${reason}. ${instead}.`, { cause });
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): Partial<io.SaveResult> {
  if (typeof document === 'undefined') throw new Error('compressed: downloads:// needs a browser.');
  const link = document.createElement('a');
  link.download = `${name.replace(/\.tfz$/, '') || 'model'}.tfz`;
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.dispatchEvent(new MouseEvent('click'));
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return {};
}
