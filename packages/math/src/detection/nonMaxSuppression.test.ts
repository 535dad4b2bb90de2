import { describe, expect, it } from 'vitest';
import { random } from '../random.js';
import { iou, toBoxes } from './boxes.js';
import { nonMaxSuppression, nonMaxSuppressionAsync } from './nonMaxSuppression.js';

describe('nonMaxSuppression', () => {
  const boxes = toBoxes([
    [0, 0, 10, 10],
    [0, 0, 10, 5],
    [0, 0, 10, 9],
    [50, 50, 60, 60],
  ]);
  const scores = [0.9, 0.8, 0.7, 0.95];

  it('keeps a box at exactly the threshold and drops one above it', () => {
    expect(nonMaxSuppression(boxes, scores, { iouThreshold: 0.5 })).toEqual([3, 0, 1]);
    expect(nonMaxSuppression(boxes, scores, { iouThreshold: 0.49 })).toEqual([3, 0]);
  });

  it('names options and lengths that do not fit', () => {
    const run = (args: object, s: number[] = scores) => nonMaxSuppression(boxes, s, args as never);
    expect(() => run({ iou: 0.5 })).toThrow("nonMaxSuppression has no option 'iou'. Did you mean");
    expect(() => run({})).toThrow('iouThreshold: expected a number from 0 to 1, received undefined.');
    expect(() => run({ iouThreshold: 0.5 }, [1])).toThrow('scores: expected one a box (4), received 1.');
    expect(() => run({ iouThreshold: 0.5, classes: [1] })).toThrow('classes: expected one a box (4), received 1.');
  });

  it('stops at maxBoxes and leaves low scores out', () => {
    expect(nonMaxSuppression(boxes, scores, { iouThreshold: 0.5, maxBoxes: 2 })).toEqual([3, 0]);
    expect(nonMaxSuppression(boxes, scores, { iouThreshold: 0.5, scoreThreshold: 0.8 })).toEqual([3, 0]);
  });

  it('makes boxes only when it looks at them, and leaves out what is refused', () => {
    const made = new Float32Array(16);
    const asked: number[] = [];
    const make = (i: number) => {
      asked.push(i);
      made.set(boxes.subarray(4 * i, 4 * i + 4), 4 * i);
      return i !== 0;
    };
    expect(nonMaxSuppression(made, scores, { iouThreshold: 0.5, maxBoxes: 2, make })).toEqual([3, 1]);
    expect(asked).toEqual([3, 0, 1]);
  });

  it('classes do not suppress each other', () => {
    expect(nonMaxSuppression(boxes, scores, { iouThreshold: 0.1, classes: [0, 1, 0, 0] })).toEqual([3, 0, 1]);
  });

  it('equals the definition on random boxes, and the asynchronous form equals it and lets timers run', async () => {
    let drawn = 0;
    const next = () => random(3, drawn++);
    const list = Array.from({ length: 6000 }, () => {
      const [x, y] = [next() * 1000, next() * 1000];
      return [x, y, x + 20 + next() * 30, y + 20 + next() * 30];
    });
    const many = toBoxes(list);
    const manyScores = list.map(() => next());
    const kept = nonMaxSuppression(many, manyScores, { iouThreshold: 0.4 });
    const isKept = new Set(kept);
    for (let i = 0; i < list.length; i += 97) {
      const hiddenBy = kept.find((k) => manyScores[k] > manyScores[i] && iou(many, k, many, i) > 0.4);
      expect(isKept.has(i)).toBe(hiddenBy === undefined);
    }
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    expect(await nonMaxSuppressionAsync(many, manyScores, { iouThreshold: 0.4 })).toEqual(kept);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });
});
