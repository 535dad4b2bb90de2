import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRange, checkValues, resizedSize } from './image.js';
import { inImage } from './results.js';

describe('images', () => {
  it('have at least one pixel a side, and boxes in them whatever their shape', () => {
    const side = fc.integer({ min: 1, max: 6000 });
    fc.assert(
      fc.property(side, side, (columns, rows) => {
        const { width, height } = resizedSize(columns, rows, { shortSide: 32, longSide: 48 });
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
        expect(Math.max(width, height)).toBeLessThanOrEqual(48);
        const scale = { width, height, scaleX: width / columns, scaleY: height / rows };
        expect(inImage(Float32Array.of(0, 0, width, height), scale)).toEqual([[0, 0, columns, rows]]);
        expect(inImage(Float32Array.of(-9, 0, width + 9, height), scale)).toEqual([[0, 0, columns, rows]]);
      }),
    );
  });

  it('have values 0 … 255', () => {
    expect(() => checkRange([0, 255], true)).not.toThrow();
    expect(() => checkRange([0, 1], false)).not.toThrow();
    expect(() => checkRange([0, 0], true)).not.toThrow();
    expect(() => checkRange([0, 0.9], true)).toThrow('multiply by 255');
    expect(() => checkRange([-1, 1], true)).toThrow(
      'image (smallest and largest value): expected values 0 … 255, received [-1, 1].',
    );
    expect(() => checkRange([0, 256], false)).toThrow('received [0, 256].');
    expect(() => checkValues([1, Number.NaN, 2])).toThrow('received [NaN, NaN].');
    expect(() => checkValues([3, -1, 7])).toThrow('received [-1, 7].');
    expect(() => checkValues(Float32Array.of(0, 0.5))).toThrow('multiply by 255');
    expect(() => checkValues(Int32Array.of(0, 1))).not.toThrow();
    expect(() => checkValues(Uint8Array.of(0, 1))).not.toThrow();
  });
});
