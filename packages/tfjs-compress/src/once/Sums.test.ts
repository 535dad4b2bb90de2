import * as tf from '@tensorflow/tfjs-core';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { Moments } from './Moments.js';
import { chanceOf } from './Sums.js';

/** Batches of rows, and what has to be made up for at each. */
async function momentsOf(batches: tf.Tensor2D[], shortfalls: tf.Tensor2D[] = []): Promise<Moments> {
  const moments = new Moments([batches[0].shape[1]]);
  for (const [i, rows] of batches.entries()) {
    const now = { kind: 'rows', rows } as const;
    moments.add(now, { kind: 'rows', rows: tf.mul(rows, 1.5) }, shortfalls[i]);
    await moments.read(i);
  }
  return moments;
}

/** Rows that neighbours share, each `times` in a row. */
function repeated(count: number, size: number, times: number, seed: number): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = seededTensor([count / times, 1, size], seed);
    return tf.reshape(tf.tile(rows, [1, times, 1]), [count, size]) as tf.Tensor2D;
  });
}

describe('Sums', () => {
  it('of both halves are those of all examples, with and without their means', async () => {
    const batches = [3, 4, 5].map((seed) => tf.add(seededTensor([20, 4], seed), 2) as tf.Tensor2D);
    const lacks = [6, 7, 8].map((seed) => tf.add(seededTensor([20, 3], seed), 1) as tf.Tensor2D);
    const { halves } = await momentsOf(batches, lacks);
    const all = halves[0].plus(halves[1]);
    const [x, d] = [tf.concat(batches), tf.concat(lacks)];
    expect([halves[0].count, halves[1].count, all.count]).toEqual([40, 20, 60]);
    for (const isCentered of [false, true]) {
      if (isCentered) all.center();
      const own = isCentered ? tf.sub(x, tf.mean(x, 0)) : x;
      const products = tf.matMul(own as tf.Tensor2D, own as tf.Tensor2D, true);
      const expected = [...products.dataSync()];
      expect(relativeError([...all.hessians[0]], expected)).toBeLessThan(1e-5);
      // They were 1.5 times what they are.
      expect(
        relativeError(
          [...all.drifts[0]],
          expected.map((value) => 0.5 * value),
        ),
      ).toBeLessThan(1e-5);
      const lacking = tf.matMul(d, own as tf.Tensor2D, true).dataSync();
      expect(
        relativeError(
          all.shortfalls.flatMap((row) => [...row]),
          [...lacking],
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('tell how much is chance: all of what is independent, more where positions are alike', async () => {
    const chance = async (times: number, shared: number) => {
      const batches = [1, 2].map((seed) => {
        const rows = repeated(600, 6, times, seed);
        return tf.add(rows, tf.mul(shared, tf.tile(seededTensor([600, 1], seed + 9), [1, 6]))) as tf.Tensor2D;
      });
      return chanceOf(...(await momentsOf(batches)).halves)[0];
    };
    expect(await chance(1, 0)).toBeGreaterThan(0.5);
    expect(await chance(1, 2)).toBeLessThan(0.05);
    expect(await chance(60, 0.5)).toBeGreaterThan(2 * (await chance(1, 0.5)));
    const one = repeated(10, 6, 1, 1);
    expect(chanceOf(...(await momentsOf([one, one])).halves)[0]).toBe(0);
    expect(chanceOf(...(await momentsOf([one])).halves)[0]).toBe(0);
  });
});
