import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findSites, layerOf } from '@tfjs-compress/layers/internal';

/**
 * Frees all that a model holds. model.dispose() leaves the weights of nested models that
 * are used more than once, the masks that recurrent cells with dropout keep from call to
 * call, and the states of stateful layers.
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
  forgetStates(model);
  model.dispose();
  for (const weight of weights) if (!weight.isDisposed) weight.dispose();
}

function forgetStates(model: LayersModel): void {
  for (const { layers } of findSites(model))
    for (const layer of layers as { states_?: tf.Tensor[] | null; keptStates?: tf.Tensor[][] }[]) {
      if (!layer.states_) continue;
      tf.dispose([layer.states_, layer.keptStates ?? []]);
      // A wrapper of several sites is met again.
      layer.states_ = null;
    }
}
