import * as tf from '@tensorflow/tfjs-core';
import { attach, findSites } from '@tfjs-compress/layers/internal';
import { FREE, PRUNED } from '@tfjs-compress/math';
import { expectNoLeak, smallModel } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { formatSeconds, logEpoch } from './progress.js';
import { compressionTable, formatTable } from './table.js';

it('gives a row for each kernel and the total, of what the model computes with', async () => {
  const model = smallModel();
  tf.tidy(() => model.layers[1].setWeights([tf.fill([16, 3], 0.5), tf.zeros([3])]));
  const options = { slot: 'test', progress: async () => ({}) };
  const { kernels, detach } = await attach(model, findSites(model).slice(0, 1), options);
  kernels[0].setStates(Uint8Array.from({ length: 128 }, (_, i) => (i < 96 ? PRUNED : FREE)));
  const rows = await expectNoLeak(() => compressionTable(model));
  await detach();
  expect(
    rows.map(({ path, weights, nonZeros, remaining, bits, levels }) => ({
      path,
      weights,
      nonZeros,
      remaining,
      bits,
      levels,
    })),
  ).toEqual([
    { path: 'a/kernel', weights: 128, nonZeros: 32, remaining: 0.25, bits: 6, levels: 32 },
    { path: 'b/kernel', weights: 48, nonZeros: 48, remaining: 1, bits: 1, levels: 1 },
    { path: 'total', weights: 176, nonZeros: 80, remaining: 80 / 176, bits: 6, levels: 32 },
  ]);
  const lines = formatTable(rows).split('\n');
  expect(lines.length).toBe(5);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  const ofLayer = await compressionTable(model, { include: ['b'] });
  expect(ofLayer.map(({ path }) => path)).toEqual(['b/kernel', 'b/bias', 'total']);
});

it('writes times and progress for people', () => {
  expect([0.2, 59, 61, 3600, 7501].map(formatSeconds)).toEqual(['1 s', '59 s', '1 min 1 s', '1 h 0 min', '2 h 5 min']);
  const logs = { loss: 0.5, val_acc: 0.9, lr: 1 };
  expect(logEpoch({ epoch: 1, epochs: 2, secondsPerEpoch: 3, logs }, 'half')).toBe(
    'epoch 1/2  [##########----------]  half  loss 0.500  val_acc 0.900  3 s left',
  );
  expect(logEpoch({ epoch: 2, epochs: 2, secondsPerEpoch: 3, logs: {} }, 'all')).toBe(
    'epoch 2/2  [####################]  all',
  );
});
