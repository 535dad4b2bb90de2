import { basicLayers } from './lower/basicLayers.js';
import { makeLoader } from './makeLoader.js';
import { optimize } from './passes/optimize.js';
import { dense } from './program/binaries.js';

export { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
export type { Model, Prediction } from './Model.js';
export type { ModelInput, Numbers, TensorInfo } from './ModelInput.js';
export type { Artifacts, LoadOptions, Source } from './readSource.js';

/**
 * loadModel for nets of dense layers, in half the bytes: Dense, BatchNormalization, activations, Flatten, Reshape, Permute,
 * RepeatVector, the merging layers, and layers that do nothing at inference. Other layers are refused.
 *
 * @param source As in loadModel of '@tfjs-compress/runtime'.
 * @throws The same errors.
 * @example
 * const model = await loadModel(await (await fetch('digits.tfz')).arrayBuffer());
 * const probabilities = model.predict(pixels);
 */
export const loadModel = makeLoader({ lowerings: basicLayers, binary: dense, prepare: optimize });
