import * as tf from '@tensorflow/tfjs-core';
import { type layers, layers as tfl } from '@tensorflow/tfjs-layers';
import { findSites } from '@tfjs-compress/layers/internal';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { kernelInputs } from './kernelInputs.js';
import { layoutOf, meanOutputs } from './layout.js';
import { Moments } from './Moments.js';

const all = { most: Number.POSITIVE_INFINITY, seed: 0 };
const args = { useBias: false, kernelInitializer: 'glorotNormal' } as const;
const window = { ...args, filters: 4, kernelSize: 3 } as const;

const cases: [string, layers.Layer, number[]][] = [
  ['dense', tfl.dense({ ...args, units: 5 }), [3, 6]],
  ['dense on a sequence', tfl.dense({ ...args, units: 5 }), [3, 4, 6]],
  ['conv1d', tfl.conv1d({ ...window, padding: 'same', strides: 2 }), [2, 9, 3]],
  ['dilated conv1d', tfl.conv1d({ ...window, dilationRate: 2 }), [2, 9, 3]],
  ['conv2d', tfl.conv2d({ ...window, padding: 'same', strides: 2 }), [2, 8, 7, 3]],
  ['conv2d valid, not square', tfl.conv2d({ ...window, kernelSize: [2, 3], strides: [1, 2] }), [2, 8, 7, 3]],
  ['dilated conv2d', tfl.conv2d({ ...window, padding: 'same', dilationRate: 2 }), [2, 8, 7, 3]],
  ['conv3d', tfl.conv3d({ ...window, kernelSize: 2, padding: 'same' }), [2, 4, 5, 4, 2]],
  [
    'depthwise',
    tfl.depthwiseConv2d({ useBias: false, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
    [2, 6, 5, 3],
  ],
  ['strided depthwise', tfl.depthwiseConv2d({ useBias: false, kernelSize: 3, strides: 2 }), [2, 7, 7, 3]],
  ['separable', tfl.separableConv2d({ filters: 4, kernelSize: 3, useBias: false }), [2, 6, 6, 3]],
];

describe('kernelInputs', () => {
  it.each(cases)('times the kernel are what the layer computes: %s', async (_, layer, shape) => {
    const x = seededTensor(shape, 11);
    const y = layer.apply(x) as tf.Tensor;
    const [site] = findSites({ layers: [layer] }).filter(
      ({ field }) => layer.getClassName() !== 'SeparableConv2D' || field === 'pointwiseKernel',
    );
    const found = kernelInputs(layer, site.field, [x], all)!;
    const kernel = site.variable.read();
    const last = kernel.shape.at(-1)!;
    let computed: tf.Tensor;
    if (found.kind === 'rows') computed = tf.matMul(found.rows, tf.reshape(kernel, [-1, last]) as tf.Tensor2D);
    else if (found.kind === 'channels') {
      const byChannel = tf.transpose(tf.reshape(kernel, [-1, kernel.shape.at(-2)!, last]), [1, 0, 2]);
      computed = tf.transpose(tf.matMul(found.rows, byChannel), [1, 0, 2]);
    } else throw new Error('counts');
    expect(computed.size).toBe(y.size);
    expect(relativeError(computed.dataSync(), y.dataSync())).toBeLessThan(1e-5);

    // Their mean times the kernel is the mean of what it computes.
    const layout = layoutOf(site);
    const moments = new Moments(layout.sizes);
    moments.add(found, found);
    await moments.read(0);
    const [sums] = moments.halves;
    const means = meanOutputs(kernel.dataSync(), layout, sums.means, y.shape.at(-1)!);
    const wanted = tf.mean(tf.reshape(y, [-1, y.shape.at(-1)!]), 0).dataSync();
    expect(relativeError([...means], wanted)).toBeLessThan(1e-4);
    expect(sums.hessians.map(({ length }) => length)).toEqual(layout.sizes.map((size) => size ** 2));
  });

  it('takes a part of the positions, of all places', () => {
    const layer = tfl.conv2d({ ...window, kernelSize: 1 });
    const x = tf.reshape(tf.range(0, 40 * 40), [1, 40, 40, 1]);
    layer.apply(x);
    const seen = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const found = kernelInputs(layer, 'kernel', [x], { most: 100, seed });
      if (found?.kind !== 'rows') throw new Error('rows');
      expect(found.rows.shape[0]).toBeGreaterThan(80);
      expect(found.rows.shape[0]).toBeLessThan(200);
      for (const value of found.rows.dataSync()) seen.add(value);
    }
    expect(seen.size).toBeGreaterThan(700);
  });

  it('counts what an embedding looks up', () => {
    const layer = tfl.embedding({ inputDim: 5, outputDim: 2 });
    layer.apply(tf.zeros([1, 2]));
    const found = kernelInputs(
      layer,
      'embeddings',
      [
        tf.tensor2d([
          [1, 3],
          [3, 3],
        ]),
      ],
      all,
    );
    if (found?.kind !== 'counts') throw new Error('counts');
    expect([...found.counts.dataSync()]).toEqual([0, 1, 0, 3, 0]);
  });
});
