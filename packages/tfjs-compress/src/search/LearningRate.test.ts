import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { smallModel, smallProblem } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { LearningRate } from './LearningRate.js';

/** The rate before each step of a fit with 3 steps an epoch. */
async function ratesOf(epochs: number, period: number, meddle?: (step: number, optimizer: any) => void) {
  const optimizer = tf.train.momentum(0.1, 0.9);
  const model = smallModel(optimizer);
  const { x, y } = smallProblem(96);
  const rates: number[] = [];
  const watch = new tfl.CustomCallback({
    onBatchBegin: async () => {
      rates.push((optimizer as any).learningRate);
      meddle?.(rates.length, optimizer);
    },
  });
  await model.fit(x, y, { epochs, batchSize: 32, verbose: 0, callbacks: [new LearningRate(period), watch] });
  tf.dispose([x, y]);
  model.dispose();
  return { rates, last: (optimizer as any).learningRate as number };
}

it('falls along a cosine in each period, and is afterwards what it was', async () => {
  const { rates, last } = await ratesOf(4, 2);
  expect(rates.length).toBe(12);
  const expected = (done: number) => 0.1 * (0.02 + (0.98 * (1 + Math.cos(Math.PI * done))) / 2);
  const period = [0, 1, 2, 3, 4, 5].map((step) => expect.closeTo(expected(step / 6), 6));
  expect(rates).toEqual([...period, ...period]);
  expect(last).toBe(0.1);
});

it('leaves a training alone that sets the rate itself', async () => {
  const { rates, last } = await ratesOf(3, 3, (step, optimizer) => optimizer.setLearningRate(1 / (step + 1)));
  expect(rates.slice(1)).toEqual(rates.slice(1).map((_, i) => 1 / (i + 2)));
  expect(last).toBeCloseTo(1 / 10, 6);
});
