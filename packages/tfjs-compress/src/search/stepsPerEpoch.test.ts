import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Start } from './Start.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';
import { type TinyProblem, tinyProblem } from './testing.js';
import type { Train } from './types.js';

let problem: TinyProblem;
let start: Start;
beforeAll(async () => {
  problem = await tinyProblem();
  start = await Start.of(problem.model);
});
afterAll(() => problem.dispose());

const measure = (train: Train) => stepsPerEpoch(start, train, 0, new AbortController().signal);

it('is known after one batch', async () => {
  let batches = 0;
  const train: Train = (model, context) => {
    const count = new tfl.CustomCallback({ onBatchEnd: async () => void batches++ });
    return problem.train(model, { ...context, callbacks: [...context.callbacks, count] });
  };
  // 192 examples, 32 in a batch.
  expect(await expectNoLeak(() => measure(train))).toBe(6);
  expect(batches).toBe(1);
});

it.each([7, null])('of a dataset with the size %s', async (size) => {
  const train: Train = (model, { epochs, callbacks }) => {
    let left = 7;
    const next = async () =>
      left-- > 0
        ? { done: false, value: { xs: tf.zeros([4, 2]), ys: tf.ones([4, 3]) } }
        : { done: true, value: undefined };
    const dataset = { size, batchSize: null, iterator: async () => ({ next }) } as never;
    return model.fitDataset(dataset, { epochs, callbacks, verbose: 0 });
  };
  expect(await expectNoLeak(() => measure(train))).toBe(7);
});

it('is not known of a training that throws, or leaves its callbacks out', async () => {
  expect(await measure(() => Promise.reject(new Error('no data')))).toBeUndefined();
  expect(await measure((model) => problem.train(model, { epochs: 1, callbacks: [] } as never))).toBeUndefined();
  expect(await measure(() => {})).toBeUndefined();
});
