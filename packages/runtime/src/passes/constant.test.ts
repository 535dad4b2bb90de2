import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { functionOf } from './constant.js';

const values = [-30, -4, -1.5, -0.3, 0, 0.2, 1, 2.5, 7, 30];

function ofTfjs(layer: tfl.layers.Layer): number[] {
  return [...(layer.apply(tf.tensor2d(values, [1, values.length])) as tf.Tensor).dataSync()];
}

describe('functionOf computes what tfjs does', () => {
  const names = 'linear relu relu6 elu selu sigmoid hardSigmoid tanh softplus softsign swish mish'.split(' ');
  const cases: [string, tfl.layers.Layer, Parameters<typeof functionOf>[0]][] = [
    ...names.map((name): (typeof cases)[0] => [name, tfl.layers.activation({ activation: name as 'relu' }), name]),
    ['ReLU', tfl.layers.reLU({ maxValue: 2 }), { className: 'ReLU', config: { maxValue: 2 } }],
    ['LeakyReLU', tfl.layers.leakyReLU({ alpha: 0.2 }), { className: 'LeakyReLU', config: { alpha: 0.2 } }],
    ['ELU', tfl.layers.elu(), { className: 'ELU', config: { alpha: 1 } }],
    ['ThresholdedReLU', tfl.layers.thresholdedReLU({}), { className: 'ThresholdedReLU', config: { theta: 1 } }],
  ];
  it.each(cases)('%s', (_, layer, activation) => {
    const f = functionOf(activation)!;
    for (const [i, expected] of ofTfjs(layer).entries()) expect(f(values[i])).toBeCloseTo(expected, 5);
    expect(f(Number.NaN)).toBeNaN();
  });
});

it('knows GELU at 0 alone, and neither softmax nor what does not exist', () => {
  expect([functionOf('gelu')!(0), functionOf('gelu')!(1)]).toEqual([0, Number.NaN]);
  expect(functionOf('softmax')).toBeUndefined();
  expect(functionOf({ className: 'Softmax', config: { axis: 1 } })).toBeUndefined();
  expect(functionOf('mine')).toBeUndefined();
});
