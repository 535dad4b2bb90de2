import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from './seeded.js';

/**
 * Eight features, three classes that a small dense net can tell apart; the same ones
 * every time.
 */
export function smallProblem(count = 96): { x: tf.Tensor; y: tf.Tensor } {
  return tf.tidy(() => {
    const x = seededTensor([count, 8], 1);
    const scores = tf.matMul(x, seededTensor([8, 3], 2));
    return { x, y: tf.cast(tf.oneHot(tf.argMax(scores, 1), 3), 'float32') };
  });
}

/** 8 → 16 → 3, compiled; 128 + 48 kernel weights, named a and b. */
export function smallModel(optimizer: tf.Optimizer | string = 'adam'): tfl.Sequential {
  const kernelInitializer = (seed: number) => tfl.initializers.glorotNormal({ seed });
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({
        name: 'a',
        units: 16,
        inputShape: [8],
        activation: 'relu',
        kernelInitializer: kernelInitializer(1),
      }),
      tfl.layers.dense({ name: 'b', units: 3, activation: 'softmax', kernelInitializer: kernelInitializer(2) }),
    ],
  });
  model.compile({ optimizer: optimizer as string, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** The values of all weights. */
export function weightsOf(model: tfl.LayersModel): Float32Array[] {
  return model.getWeights().map((weight) => Float32Array.from(weight.dataSync()));
}
