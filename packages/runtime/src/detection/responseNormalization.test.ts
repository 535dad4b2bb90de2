import * as tf from '@tensorflow/tfjs-core';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { Builder } from '../program/Builder.js';
import { all } from '../program/binaries.js';
import { instantiate } from '../program/instantiate.js';
import { responseNormalization } from './responseNormalization.js';
import { Stage } from './Stage.js';

const instance = await instantiate(all);

const cases: [shape: number[], config: Record<string, number>][] = [
  [[1, 5, 6, 42], {}],
  [[2, 3, 4, 9], { depthRadius: 1, bias: 2, alpha: 0.5, beta: 1 }],
  [[1, 3, 3, 4], { depthRadius: 7, bias: 0.5, alpha: 1, beta: 0.3 }],
  [[1, 1, 1, 11], { depthRadius: 0 }],
  [[1, 4, 4, 1], {}],
];

it.each(cases)('local response normalization of %j, %j, is that of tfjs', (shape, config) => {
  const x = seededTensor(shape, 3) as tf.Tensor4D;
  const { depthRadius = 2, bias = 1, alpha = 0.2, beta = 0.75 } = config;
  const expected = tf.localResponseNormalization(x, depthRadius, bias, alpha, beta);
  const layer = { path: 'lrn', className: '', config, weights: {}, inner: [], raw: {} };
  const stage = new Stage(instance, () => {
    const builder = new Builder({});
    const input = builder.value(shape);
    const output = responseNormalization(builder, layer, [input], { layer, inputs: [], kwargs: {} });
    return { builder, inputs: [input], outputs: [output].flat().map((each) => builder.rows(each)) };
  });
  const [received] = stage.run(x.dataSync() as Float32Array, shape);
  expect(relativeError(received, expected.dataSync())).toBeLessThan(1e-5);
  tf.dispose([x, expected]);
});
