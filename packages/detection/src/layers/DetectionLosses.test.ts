import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { DetectionLosses, ProposalLosses } from './DetectionLosses.js';

describe('the losses as layers', () => {
  it('ProposalLosses by hand: a positive, a negative, an ignored window', () => {
    const logits = tf.tensor2d([[0], [Math.log(3)], [50]]);
    const offsets = tf.tensor2d([
      [1, 0, 0, 0],
      [9, 9, 9, 9],
      [9, 9, 9, 9],
    ]);
    const targets = tf.tensor3d([
      [
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [-1, 0, 0, 0, 0],
      ],
    ]);
    const [objectness, box] = (new ProposalLosses().apply([logits, offsets, targets]) as tf.Tensor).dataSync();
    expect(objectness).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 5);
    // λ = 3, |d| = 1, β = 1/9, two windows count.
    expect(box).toBeCloseTo((3 * (1 - 1 / 18)) / 2, 5);
  });

  it('DetectionLosses by hand: class 2 of 2, background, ignored; only the offsets of the right class count', () => {
    const logits = tf.tensor2d([
      [0, 0, Math.log(2)],
      [0, 0, 0],
      [9, 0, 0],
    ]);
    const offsets = tf.tensor2d([
      [7, 7, 7, 7, 0, 0, 0, 2],
      [7, 7, 7, 7, 7, 7, 7, 7],
      [7, 7, 7, 7, 7, 7, 7, 7],
    ]);
    const targets = tf.tensor3d([
      [
        [2, 0, 0, 0, 1],
        [0, 0, 0, 0, 0],
        [-1, 0, 0, 0, 0],
      ],
    ]);
    const [classes, box] = (new DetectionLosses().apply([logits, offsets, targets]) as tf.Tensor).dataSync();
    expect(classes).toBeCloseTo((Math.log(2) + Math.log(3)) / 2, 5);
    expect(box).toBeCloseTo((1 - 1 / 18) / 2, 5);
  });
});
