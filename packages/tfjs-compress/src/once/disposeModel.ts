import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findSites, layerOf } from '@tfjs-compress/layers/internal';

/**
 * Frees all that a model holds. model.dispose() leaves the weights of nested models that
 * are used more than once, and the masks that recurrent cells with dropout keep from call
 * to call.
 */
export function disposeModel(model: LayersModel): void {
  const weights = model.weights.map((weight) => weight.read());
  for (const site of findSites(model)) {
    const cell = layerOf(site) as {
      dropoutMask?: tf.Tensor | tf.Tensor[];
      recurrentDropoutMask?: tf.Tensor | tf.Tensor[];
    };
    tf.dispose([cell.dropoutMask, cell.recurrentDropoutMask].flatMap((masks) => masks ?? []));
  }
  model.dispose();
  for (const weight of weights) if (!weight.isDisposed) weight.dispose();
}
