import * as tf from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expectNoLeak, MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { roiAlign, roiAlignWithoutGradient } from '../roi/roiAlign.js';
import { roiMaxPool } from '../roi/roiMaxPool.js';
import { Proposals } from './Proposals.js';
import { RoIAlign } from './RoIAlign.js';
import { RoIMaxPooling } from './RoIMaxPooling.js';

const map = () => tf.randomNormal([1, 6, 8, 3], 0, 1, 'float32', 6) as tf.Tensor4D;
const boxes = () =>
  tf.tensor3d([
    [
      [0, 0, 20, 12],
      [5, 3, 31, 23],
    ],
  ]);

describe('RoI layers', () => {
  const options = { size: 3, stride: 4 };
  it.each([
    ['RoIAlign', new RoIAlign(options), roiAlign],
    ['RoIAlign without gradient', new RoIAlign({ ...options, gradient: false }), roiAlignWithoutGradient],
    ['RoIMaxPooling', new RoIMaxPooling(options), roiMaxPool],
  ] as const)('%s is its function, also after save and load, and leaves no tensor', async (_, layer, op) => {
    const features = input({ shape: [null, null, 3] });
    const rois = input({ shape: [null, 4] });
    const output = layer.apply([features, rois]) as SymbolicTensor;
    expect(output.shape).toEqual([null, 3, 3, 3]);
    const handler = new MemoryHandler();
    await model({ inputs: [features, rois], outputs: output }).save(handler);
    const loaded = await loadLayersModel(handler);
    const expected = [...op(map(), boxes(), options).dataSync()];
    await expectNoLeak(() => {
      const given = [map(), boxes()];
      const out = loaded.predict(given) as tf.Tensor;
      expect([...out.dataSync()]).toEqual(expected);
      tf.dispose([given, out]);
    });
  });
});

describe('Proposals', () => {
  it('moves, clips, suppresses and ranks; rows of zeros fill up', () => {
    const windows = tf.tensor3d([
      [
        [0, 0, 10, 10],
        [1, 0, 11, 10],
        [20, 0, 30, 10],
        [0, 0, 0.5, 9],
      ],
    ]);
    const logits = tf.tensor2d([[1], [2], [3], [9]]);
    const offsets = tf.tensor2d([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0.5, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const layer = new Proposals({ stride: 4, count: 3 });
    const out = layer.apply([tf.zeros([1, 3, 8, 1]), windows, logits, offsets]) as tf.Tensor;
    expect(out.arraySync()).toEqual([
      [
        [25, 0, 32, 10, 3],
        [1, 0, 11, 10, 2],
        [0, 0, 0, 0, 0],
      ],
    ]);
    expect(new Proposals(layer.getConfig() as never).getConfig()).toEqual(layer.getConfig());
  });
});

it('cropAndResize gives the published values', () => {
  const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const out = tf.image.cropAndResize(image, [[0, 0, 1, 1]], [0], [3, 3]);
  expect([...out.dataSync()]).toEqual([1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4]);
});
