/**
 * The decoder of './decode' without what only files of version 1 need, which no release
 * of this package has written: a fifth smaller.
 */
import type { io } from '@tensorflow/tfjs-core';
import type { Bytes } from './artifacts/bytes.js';
import { artifactsIn } from './decode/artifactsIn.js';
import { type OpenModel, type OpenTensor, open, type UnpackOptions } from './decode/open.js';
import { type Loader, type LoaderOptions, loaderOf } from './io/loaderOf.js';
import type { Source } from './io/readSource.js';

export { FormatError } from './codec/FormatError.js';
export type { Loader, LoaderOptions, OpenModel, OpenTensor, Source, UnpackOptions };

/**
 * As in './decode': opens a compressed file, whose weights follow one by one.
 *
 * ```js
 * import { pack } from '@tfjs-compress/format';
 * import { openCompressed } from '@tfjs-compress/format/decode2';
 * const { artifacts } = openCompressed(pack({ format: 'layers-model' }));
 * console.log(artifacts.format); // → layers-model
 * ```
 *
 * @throws FormatError, also for a file of version 1.
 */
export function openCompressed(file: Bytes, options: UnpackOptions = {}): OpenModel {
  return open(file, options);
}

/**
 * As in './decode': the model artifacts in the bytes of a compressed file.
 *
 * ```js
 * import { pack } from '@tfjs-compress/format';
 * import { unpack } from '@tfjs-compress/format/decode2';
 * console.log(unpack(pack({ format: 'layers-model' })).format); // → layers-model
 * ```
 *
 * @throws FormatError, also for a file of version 1.
 */
export function unpack(file: Bytes, options: UnpackOptions = {}): io.ModelArtifacts {
  return artifactsIn(openCompressed(file, options));
}

/**
 * As in './decode': a handler for tf.loadLayersModel and tf.loadGraphModel that loads a
 * compressed file.
 *
 * ```js
 * import { pack } from '@tfjs-compress/format';
 * import { compressed } from '@tfjs-compress/format/decode2';
 * const { format } = await compressed(pack({ format: 'layers-model' })).load();
 * console.log(format); // → layers-model
 * ```
 *
 * @throws Error for an unknown option; FormatError (from load), also for a file of
 *   version 1.
 */
export function compressed(source: Source, options: LoaderOptions = {}): Loader {
  return loaderOf(source, options, unpack);
}
