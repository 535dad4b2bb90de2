/**
 * The decoder alone, without dependencies: what a page needs that loads compressed models
 * and saves none.
 */
import type { io } from '@tensorflow/tfjs-core';
import { checkOptions } from './decoder/checkOptions.js';
import { type OpenModel, type OpenTensor, openCompressed, type UnpackOptions } from './decoder/openCompressed.js';
import { readSource, type Source, sourceName } from './decoder/readSource.js';
import { unpack } from './decoder/unpack.js';

export { FormatError } from './decoder/FormatError.js';
export type { OpenModel, OpenTensor, Source, UnpackOptions };
export { openCompressed, unpack };

/**
 * A handler for tf.loadLayersModel and tf.loadGraphModel that loads a compressed file.
 *
 * ```js
 * const bytes = pack(await artifactsOf(model)); // or a URL, a File, a Response
 * const again = await tf.loadLayersModel(compressed(bytes));
 * ```
 *
 * @param source A URL that fetch takes (http(s), relative, blob:, data:), bytes, a
 *   Response, a File or a list of one, or an IOHandler that holds a compressed model.
 * @throws Error for an unknown option; FormatError (from load) for what is no whole,
 *   unchanged compressed file.
 */
export function compressed(
  source: Source,
  options: UnpackOptions & { requestInit?: RequestInit } = {},
): { load: io.LoadHandler } {
  checkOptions(options, 'maxBytes, name, requestInit');
  const { requestInit, ...rest } = options;
  return { load: async () => unpack(await readSource(source, requestInit), { name: sourceName(source), ...rest }) };
}
