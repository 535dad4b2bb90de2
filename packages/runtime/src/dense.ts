// biome-ignore-all assist/source/organizeImports: bundles that begin with the modules deflate best.
import { dense } from './program/binaries.js';
import { DenseModel } from './dense/DenseModel.js';
import { readChain } from './dense/readChain.js';
import { loadKernels } from './program/loadKernels.js';
import { checkOptions, type LoadOptions, readSource, type Source } from './readSource.js';

export type { DenseModel, TensorInfo } from './dense/DenseModel.js';
export { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
export type { Artifacts, LoadOptions, Source } from './readSource.js';

/**
 * loadModel for nets of dense layers one after the other, in half the bytes: Dense,
 * BatchNormalization, activations, Flatten and Reshape in front, and layers that do
 * nothing at inference. Everything else is refused.
 *
 * @param source As in loadModel of '@tfjs-compress/runtime'.
 * @throws The same errors.
 * @example
 * const model = await loadModel('digits.tfz');
 * const probabilities = model.predict(pixels);
 */
export async function loadModel(source: Source, options: LoadOptions = {}): Promise<DenseModel> {
  checkOptions(options);
  // What is compiled is ready when the file arrives.
  const [artifacts, kernels] = await Promise.all([readSource(source, options), loadKernels(dense)]);
  const model = new DenseModel(readChain(artifacts), kernels, options.maxBytes);
  options.signal?.throwIfAborted();
  options.onProgress?.(1);
  return model;
}
