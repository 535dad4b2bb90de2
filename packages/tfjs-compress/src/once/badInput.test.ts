import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { compressOnce } from './compressOnce.js';

const { layers } = tfl;
let model: tfl.Sequential;
let fine: tf.Tensor;
const bits = { bits: 5 };
const twoInputs = () => {
  const [a, b] = ['a', 'b'].map((name) => tfl.input({ shape: [2], name }));
  const sum = layers.dense({ units: 1 }).apply(layers.add().apply([a, b]) as tfl.SymbolicTensor);
  return tfl.model({ inputs: [a, b], outputs: sum as tfl.SymbolicTensor });
};

const cases: [string, () => Promise<unknown>, RegExp][] = [
  ['no model', () => compressOnce(undefined as any, fine, bits), /model: expected a tf.Sequential or tf.LayersModel/],
  [
    'no examples',
    () => compressOnce(model, undefined as any, bits),
    /examples: expected a tensor of examples, received undefined/,
  ],
  [
    'an empty list',
    () => compressOnce(model, [], bits),
    /examples: expected a tensor of examples, received '0 tensors'/,
  ],
  ['none in the tensor', () => compressOnce(model, tf.zeros([0, 2, 3]), bits), /at least one example, received 'none'/],
  [
    'another shape',
    () => compressOnce(model, tf.ones([5, 3, 2]), bits),
    /a tensor of shape \[any, 2, 3\], received 'one of shape \[5, 3, 2\]/,
  ],
  ['labels', () => compressOnce(model, tf.ones([5, 4]), bits), /are these the labels\? The inputs are wanted/],
  ['labels as numbers', () => compressOnce(model, tf.ones([5]), bits), /are these the labels\?/],
  ['inputs and labels', () => compressOnce(model, [fine, tf.ones([5, 4])], bits), /the labels are not needed/],
  [
    'a single one without batch',
    () => compressOnce(model, tf.ones([2, 3]), bits),
    /a single example\? Put it into a batch with tf.expandDims/,
  ],
  ['NaN', () => compressOnce(model, tf.fill([5, 2, 3], Number.NaN), bits), /examples: expected finite values/],
  ['an array', () => compressOnce(model, [[1, 2]] as any, bits), /expected a tensor of examples, received \[1, 2\]/],
  [
    'one of two inputs',
    () => compressOnce(twoInputs(), tf.ones([5, 2]), bits),
    /a tensor for each of the inputs 'a', 'b', in a list or by name/,
  ],
  ['a missing name', () => compressOnce(twoInputs(), { a: tf.ones([5, 2]) }, bits), /received 'none for 'b''/],
  [
    'a wrong name',
    () => compressOnce(twoInputs(), { a: fine, b: fine, c: fine }, bits),
    /received 'one for 'c', which is no input'/,
  ],
  [
    'unequal numbers',
    () => compressOnce(twoInputs(), [tf.ones([5, 2]), tf.ones([4, 2])], bits),
    /examples of input 'b': expected as many examples as input 'a' has, 5, received 4/,
  ],
  ['no goal', () => compressOnce(model, fine, {}), /one of bits, targetSparsity and maxLoss, received 'none of them'/],
  [
    'two goals',
    () => compressOnce(model, fine, { bits: 4, maxLoss: 0.1 }),
    /one of bits, targetSparsity and maxLoss, received 'bits and maxLoss'/,
  ],
  ['bits', () => compressOnce(model, fine, { bits: 9 }), /bits: expected an integer from 2 to 8, received 9/],
  [
    'sparsity',
    () => compressOnce(model, fine, { targetSparsity: 1 }),
    /targetSparsity: expected a share above 0 and below 1, received 1/,
  ],
  ['a loss', () => compressOnce(model, fine, { maxLoss: -1 }), /maxLoss: expected a number ≥ 0, received -1/],
  [
    'levels',
    () => compressOnce(model, fine, { bits: 4, levels: 'log' as any }),
    /levels: expected 'powerOfTwo' or 'uniform', received 'log'/,
  ],
  [
    'levels without bits',
    () => compressOnce(model, fine, { targetSparsity: 0.5, levels: 'uniform' }),
    /levels: expected nothing without bits/,
  ],
  [
    'evaluate without maxLoss',
    () => compressOnce(model, fine, { bits: 4, evaluate: () => 1 }),
    /evaluate: expected nothing without maxLoss/,
  ],
  ['an unknown option', () => compressOnce(model, fine, { bit: 4 } as any), /has no option 'bit'. Did you mean 'bits'/],
  [
    'overrides without bits',
    () => compressOnce(model, fine, { targetSparsity: 0.5, overrides: { dense: { bits: 8 } } }),
    /overrides: expected nothing without bits/,
  ],
  [
    'bits of an override',
    () => compressOnce(model, fine, { bits: 4, overrides: { dense: { bits: 9 } } }),
    /overrides\['dense'\]: bits: expected an integer from 2 to 8, received 9/,
  ],
  [
    'an override of nothing',
    () => compressOnce(model, fine, { bits: 4, overrides: { conv: { bits: 8 } } }),
    /overrides: conv matches no layer/,
  ],
  ['a selector', () => compressOnce(model, fine, { bits: 4, include: 'conv' }), /include: conv matches no layer/],
  [
    'nothing to compress',
    () => compressOnce(tfl.sequential({ layers: [layers.reLU({ inputShape: [2] })] }), tf.ones([5, 2]), bits),
    /one with kernels that can be compressed/,
  ],
];

beforeAll(() => {
  model = tfl.sequential({
    layers: [layers.flatten({ inputShape: [2, 3] }), layers.dense({ units: 4, name: 'dense' })],
  });
  fine = tf.ones([5, 2, 3]);
});

describe('compressOnce refuses', () => {
  it.each(cases)('%s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });

  it('weights that are not finite', async () => {
    const broken = tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [3], name: 'broken' })] });
    broken.layers[0].setWeights([tf.fill([3, 2], Number.NaN), tf.zeros([2])]);
    await expectNoLeak(
      () => expect(compressOnce(broken, tf.ones([5, 3]), bits)).rejects.toThrow(/kernel holds 6 NaN/),
      1,
    );
  });
});
