import type { io } from '@tensorflow/tfjs-core';
import { checkOptions } from '../decode/checkOptions.js';
import type { UnpackOptions } from '../decode/open.js';
import { readSource, type Source, sourceName } from './readSource.js';

/** What a handler that loads is told. */
export interface LoaderOptions extends UnpackOptions {
  /** For URLs: what fetch gets besides the URL. */
  requestInit?: RequestInit;
}

/** What tf.loadLayersModel and tf.loadGraphModel read a model from. */
export interface Loader {
  load: io.LoadHandler;
}

/** compressed() of the decoder whose unpack() is given. */
export function loaderOf(
  source: Source,
  options: LoaderOptions,
  unpack: (bytes: Uint8Array, options: UnpackOptions) => io.ModelArtifacts,
): Loader {
  checkOptions(options, 'maxBytes, name, requestInit');
  const { requestInit, ...rest } = options;
  return { load: async () => unpack(await readSource(source, requestInit), { name: sourceName(source), ...rest }) };
}
