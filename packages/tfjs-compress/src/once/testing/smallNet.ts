import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findSites } from '@tfjs-compress/layers/internal';
import { seededTensor } from '@tfjs-compress/testing';

const { layers } = tfl;

/**
 * Values whose differences from the mean neighbours share, as in images and signals.
 */
export function correlated(shape: number[], seed: number): tf.Tensor {
  return tf.tidy(() => {
    const shared = seededTensor([shape[0], ...shape.slice(1).map(() => 1)], seed);
    return tf.add(seededTensor(shape, seed + 1), tf.mul(shared, 1.5));
  });
}

/** Convolutions of three kinds, two of them with normalization, and a dense layer. */
export function smallNet(): tfl.Sequential {
  const normalization = () => {
    const movingVarianceInitializer = tfl.initializers.constant({ value: 2 });
    return layers.batchNormalization({ movingVarianceInitializer });
  };
  const kernelInitializer = (seed: number) => tfl.initializers.glorotNormal({ seed });
  return tfl.sequential({
    layers: [
      layers.conv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        inputShape: [8, 8, 3],
        name: 'conv',
        kernelInitializer: kernelInitializer(1),
      }),
      normalization(),
      layers.reLU(),
      layers.depthwiseConv2d({
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        name: 'depthwise',
        depthwiseInitializer: kernelInitializer(2),
      }),
      normalization(),
      layers.reLU({ maxValue: 6 }),
      layers.conv2d({
        filters: 12,
        kernelSize: 1,
        activation: 'relu',
        name: 'pointwise',
        kernelInitializer: kernelInitializer(3),
      }),
      layers.flatten(),
      layers.dense({ units: 5, name: 'last', kernelInitializer: kernelInitializer(4) }),
    ],
  });
}

export function kernelsOf(model: tfl.LayersModel): { path: string; values: Float32Array }[] {
  const sites = findSites(model).filter(({ role }) => role === 'kernel');
  return sites.map(({ path, variable }) => ({ path, values: variable.read().dataSync<'float32'>().slice() }));
}

/** The root of the sum of squared differences; from 0 where there is one argument. */
export function difference(a: number[][], b?: number[][]): number {
  const squares = a.flatMap((values, i) => values.map((value, j) => (value - (b?.[i][j] ?? 0)) ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}
