import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { FREE } from '@tfjs-compress/math';
import { isInTraining, kernelAt, markPruned } from './attach.js';
import { writeMetadata } from './checkpoint.js';
import { isCompressibleLayer } from './compressibleLayer.js';
import { findSites, layerOf } from './sites.js';
import { checkModel } from './tfjsCopy.js';

/**
 * Forgets everything about a model's compression: nothing is pruned or frozen any more, a
 * run that was kept is dropped. The weights keep the values that the model computes with;
 * zeros are trained like any others from now on.
 *
 * ```js
 * resetCompression(model); // then zeros are trained as any other weight
 * ```
 *
 * @throws Error when a callback is training the model.
 */
export function resetCompression(model: tfl.LayersModel): void {
  checkModel(model);
  const sites = findSites(model);
  if (isInTraining(model)) {
    throw new Error('resetCompression(): a callback is training the model. Call it before fit or after it.');
  }
  for (const site of sites) {
    const kernel = kernelAt(site);
    if (!kernel) continue;
    kernel.splicing = false;
    kernel.setStates(new Uint8Array(kernel.size).fill(FREE));
  }
  writeMetadata(model);
  markPruned(model, sites, () => false);
}

/**
 * What a model computes with, at any moment of training: its weights in the order of
 * model.weights, pruned ones 0, the states of Masked… and PowerOfTwo… layers left out.
 * They fit the model that strip() gives. While surgery may bring weights back,
 * model.getWeights() differs from this: it gives the variables that the optimizer trains.
 *
 * ```js
 * const copy = strip(model);
 * const weights = effectiveWeights(model);
 * copy.setWeights(weights);
 * tf.dispose(weights);
 * ```
 *
 * @returns New tensors, to be disposed of by the caller.
 * @throws Error for what is not a built tf.LayersModel.
 */
export function effectiveWeights(model: tfl.LayersModel): tf.Tensor[] {
  checkModel(model);
  const states = new Set(
    findSites(model).flatMap((site) => {
      const owner = layerOf(site);
      return isCompressibleLayer(owner) ? owner.compressibleKernels.map((kernel) => kernel.stateVariable) : [];
    }),
  );
  return model.weights
    .filter((variable) => !states.has(variable))
    .map((variable) => kernelAt({ variable })?.effective() ?? tf.clone(variable.read()));
}
