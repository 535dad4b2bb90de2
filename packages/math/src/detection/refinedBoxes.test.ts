import { describe, expect, it } from 'vitest';
import { toBoxes } from './boxes.js';
import { refinedBoxes } from './refinedBoxes.js';

describe('refinedBoxes', () => {
  it('takes the box of the most likely class, cut to the image, and keeps a proposal whose box is too thin', () => {
    const proposals = toBoxes([
      [10, 10, 20, 20],
      [30, 10, 40, 20],
    ]);
    const boxes = toBoxes([
      [0, 0, 1, 1],
      [-5, 8, 22, 90],
      [39.5, 10, 40, 20],
      [30, 12, 44, 20],
    ]);
    const refined = refinedBoxes(proposals, { boxes, scores: [0.1, 0.3, 0.5, 0.5] }, 2, 64, 48);
    expect([...refined]).toEqual([0, 8, 22, 48, 30, 10, 40, 20]);
    expect([...proposals.subarray(0, 4)]).toEqual([10, 10, 20, 20]);
  });
});
