import { describe, expect, it } from 'vitest';
import { clipBoxes, fromBoxes, iouMatrix, scaleBoxes, toBoxes } from './boxes.js';

describe('boxes', () => {
  it('iouMatrix gives the published values', () => {
    const a = [
      [0, 0, 100, 100],
      [0, 0, 50, 50],
      [200, 200, 300, 300],
      [0, 0, 25, 25],
    ];
    const expected = [1, 0.25, 0, 0.25, 1, 0, 0, 0, 1, 0.0625, 0.25, 0];
    expect([...iouMatrix(toBoxes(a), toBoxes(a.slice(0, 3)))]).toEqual(expected);
  });

  it('two boxes without area do not give NaN', () => {
    const point = toBoxes([[3, 3, 3, 3]]);
    expect([...iouMatrix(point, point)]).toEqual([0]);
  });

  it('clips and scales x and y each by its own', () => {
    expect(fromBoxes(clipBoxes(toBoxes([[-1, -2, 30, 40]]), 20, 10))).toEqual([[0, 0, 20, 10]]);
    expect(fromBoxes(scaleBoxes(toBoxes([[1, 2, 3, 4]]), 2, 10))).toEqual([[2, 20, 6, 40]]);
  });

  it('names the box that has not four numbers', () => {
    expect(() => toBoxes([[1, 2, 3]])).toThrow('boxes[0]: expected four numbers [x1, y1, x2, y2], received [1, 2, 3].');
  });
});
