/**
 * The decoder alone, without dependencies: what a page needs that loads compressed models
 * and saves none.
 */

import type { OpenModel, OpenTensor, UnpackOptions } from './decode/open.js';
import { openCompressed } from './decode/openCompressed.js';
import { unpack } from './decode/unpack.js';
import { type Loader, type LoaderOptions, loaderOf } from './io/loaderOf.js';
import type { Source } from './io/readSource.js';

export { FormatError } from './codec/FormatError.js';
export type { Loader, LoaderOptions, OpenModel, OpenTensor, Source, UnpackOptions };
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
export function compressed(source: Source, options: LoaderOptions = {}): Loader {
  return loaderOf(source, options, unpack);
}
