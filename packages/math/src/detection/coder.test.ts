import { describe, expect, it } from 'vitest';
import { toBoxes } from './boxes.js';
import { decodeBoxes, encodeBoxes } from './coder.js';

describe('coder', () => {
  const anchors = toBoxes([
    [0, 0, 10, 20],
    [5, 5, 25, 15],
  ]);

  it('encodes as worked out by hand', () => {
    const boxes = toBoxes([
      [5, 0, 15, 40],
      [5, 5, 25, 15],
    ]);
    const expected = [5, 5, 0, 5 * Math.log(2), 0, 0, 0, 0];
    encodeBoxes(boxes, anchors, [10, 10, 5, 5]).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });

  it('decode is the inverse', () => {
    const boxes = toBoxes([
      [1, 2, 33, 44],
      [7, 8, 9, 30],
    ]);
    const back = decodeBoxes(encodeBoxes(boxes, anchors, [10, 10, 5, 5]), anchors, [10, 10, 5, 5]);
    back.forEach((value, i) => {
      expect(value).toBeCloseTo(boxes[i], 4);
    });
  });

  it('names counts and weights that do not fit', () => {
    const boxes = toBoxes([[0, 0, 1, 1]]);
    const message = 'anchors: expected as many numbers as the boxes have (4), received 8.';
    expect(() => encodeBoxes(boxes, anchors, [1, 1, 1, 1])).toThrow(message);
    expect(() => decodeBoxes(boxes, anchors, [1, 1, 1, 1])).toThrow(message);
    expect(() => encodeBoxes(anchors, anchors, [1, 1, 0, 1])).toThrow('weights: expected four positive numbers');
  });

  it('bounds the growth at 62.5 times', () => {
    const box = decodeBoxes(new Float32Array([0, 0, 100, 0]), anchors.slice(0, 4), [1, 1, 1, 1]);
    expect(box[2] - box[0]).toBeCloseTo(625, 2);
  });
});
