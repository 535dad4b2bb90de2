import { toBoxes } from '@tfjs-compress/math/internal';
import { describe, expect, it } from 'vitest';
import { IGNORED, matchBoxes, NEGATIVE } from './matchBoxes.js';

describe('matchBoxes', () => {
  const objects = toBoxes([
    [0, 0, 10, 10],
    [100, 100, 110, 110],
  ]);
  const candidates = toBoxes([
    [0, 0, 10, 9],
    [0, 0, 10, 4],
    [0, 0, 10, 1],
    [100, 100, 110, 103],
  ]);

  it('is positive, ignored or negative by the best overlap', () => {
    const out = matchBoxes(candidates, objects, { positive: 0.5, negative: 0.35 });
    expect([...out]).toEqual([0, IGNORED, NEGATIVE, NEGATIVE]);
  });

  it('keepBest gives every object its nearest candidate', () => {
    const out = matchBoxes(candidates, objects, { positive: 0.5, negative: 0.35, keepBest: true });
    expect([...out]).toEqual([0, IGNORED, NEGATIVE, 1]);
  });

  it('without objects everything is negative', () => {
    expect([...matchBoxes(candidates, toBoxes([]), { positive: 0.5, negative: 0.3 })]).toEqual(Array(4).fill(NEGATIVE));
  });
});
