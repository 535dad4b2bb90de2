import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { AnnotatedImage, ImageSet } from './data/ImageSet.js';
import type { HyperNetOptions } from './model/HyperNetOptions.js';
import { hyperNet } from './model/hyperNet.js';

/** Three strided convolutions with batch normalization: strides 2, 4, 8. */
function tinyTrunk(): LayersModel {
  const image = input({ shape: [null, null, 3] });
  let x: SymbolicTensor = image;
  for (const i of [1, 2, 3]) {
    x = layers
      .conv2d({ name: `c${i}`, filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })
      .apply(x) as SymbolicTensor;
    x = layers.batchNormalization({ name: `bn${i}` }).apply(x) as SymbolicTensor;
  }
  return model({ inputs: image, outputs: x });
}

/**
 * The same weights every time: whether a few steps of training get anywhere depends on
 * what they begin with.
 */
export function tinyDetector(args: Partial<HyperNetOptions> = {}) {
  const detector = hyperNet({
    trunk: tinyTrunk(),
    levels: ['bn1', 'bn2', 'bn3'],
    classes: ['square', 'bar'],
    shortSide: 32,
    longSide: 48,
    candidates: { stride: 8, scales: [10, 16], ratios: [0.5, 1] },
    roiSize: 3,
    channels: 4,
    proposalUnits: 8,
    detectionChannels: 4,
    detectionUnits: 8,
    training: { windows: 16, scored: 32, proposals: 10, samples: 12 },
    ...args,
  });
  detector.model.weights.forEach((weight, i) => {
    const shape = weight.shape as number[];
    if (shape.length < 2) return;
    const fans = (tf.util.sizeFromShape(shape.slice(0, -2)) || 1) * (shape[shape.length - 2] + shape[shape.length - 1]);
    const values = tf.randomNormal(shape, 0, Math.sqrt(2 / fans), 'float32', i + 1);
    weight.write(values);
    values.dispose();
  });
  return detector;
}

/** Grey images 48 × 32 with a bright square each, always at the same place. */
export function tinySet(count = 2): ImageSet {
  const images = Array.from({ length: count }, (_, i): AnnotatedImage => {
    const data = new Uint8Array(48 * 32 * 3).fill(40);
    for (let y = 8; y < 20; y++) data.fill(250, (y * 48 + 10) * 3, (y * 48 + 22) * 3);
    return {
      name: `image${i}`,
      width: 48,
      height: 32,
      objects: [{ box: [10, 8, 22, 20], class: 'square' }],
      load: async () => ({ data, width: 48, height: 32 }),
    };
  });
  return { classes: ['bar', 'square'], images };
}

export function tinyImage(): tf.Tensor3D {
  return tf.randomUniform([32, 48, 3], 0, 255, 'int32', 3) as tf.Tensor3D;
}
