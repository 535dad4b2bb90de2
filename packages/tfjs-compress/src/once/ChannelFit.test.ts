import * as tf from '@tensorflow/tfjs-core';
import { expectNoLeak, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { ChannelFit } from './ChannelFit.js';

/**
 * The sum of squares, by channel, of what is wanted from a straight line of what is
 * given.
 */
function distance(wanted: tf.Tensor, given: tf.Tensor, slopes: ArrayLike<number>, shift: ArrayLike<number>): number[] {
  return tf.tidy(() => {
    const line = tf.mul(tf.sub(given, tf.tensor1d([...Array.from(shift)])), tf.tensor1d(Array.from(slopes)));
    const mean = tf.mean(wanted, [0, 1], true);
    return [...tf.sum(tf.squaredDifference(wanted, tf.add(line, mean)), [0, 1]).dataSync()];
  });
}

describe('ChannelFit', () => {
  it('finds lines that no others are nearer than, of batches taken together', async () => {
    const batches = [1, 2, 3].map((seed) => {
      const wanted = tf.add(seededTensor([8, 5, 4], seed), [0, 1, -20, 3]);
      const given = tf.add(
        tf.mul(wanted, [0.5, 1, 2, -1]),
        tf.mul(seededTensor([8, 5, 4], seed + 5), [0.1, 0.5, 1, 0]),
      );
      return { wanted, given };
    });
    const fit = new ChannelFit();
    await expectNoLeak(async () => {
      for (const { wanted, given } of batches) await fit.add(wanted, given, 2);
    });
    const [wanted, given] = [
      tf.concat(batches.map((each) => each.wanted)),
      tf.concat(batches.map((each) => each.given)),
    ];
    const mean = [...tf.mean(given, [0, 1]).dataSync()];
    const means = [...tf.mean(wanted, [0, 1]).dataSync()];
    for (const [c, value] of fit.difference.entries()) expect(value).toBeCloseTo(mean[c] - means[c], 3);
    const least = distance(wanted, given, fit.slopes, mean);
    for (const factor of [0.97, 1.03]) {
      const other = distance(
        wanted,
        given,
        fit.slopes.map((slope) => slope * factor),
        mean,
      );
      for (let c = 0; c < 3; c++) expect(other[c]).toBeGreaterThan(least[c]);
    }
    // What runs against what is wanted is not turned round.
    expect(fit.slopes[3]).toBeCloseTo(0.5, 3);
  });

  it('leaves channels that do not vary as they are', async () => {
    const fit = new ChannelFit();
    await fit.add(
      tf.tensor2d([
        [1, 2],
        [1, 3],
      ]),
      tf.tensor2d([
        [4, 5],
        [4, 5],
      ]),
      1,
    );
    expect([...fit.slopes]).toEqual([1, 1]);
    expect([...fit.difference]).toEqual([3, 2.5]);
  });
});
