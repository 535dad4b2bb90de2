import { describe, expect, it } from 'vitest';
import { fromHalves, halfBits, roundToHalf } from './half.js';

describe('float16', () => {
  it('has the bits of IEEE 754, ties to even', () => {
    const vectors: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [1e9, 0x7bff],
      [-1e9, 0xfbff],
      [2 ** -14, 0x0400],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [3 * 2 ** -25, 2],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [0.1, 0x2e66],
      [Number.NaN, 0x7e00],
    ];
    for (const [value, bits] of vectors) expect(halfBits(value), String(value)).toBe(bits);
    expect(roundToHalf(0.1)).toBe(0.0999755859375);
  });
});

describe('fromHalves', () => {
  it('gives what has those bits, of every float16 that is a number', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
    const values = fromHalves(all);
    // Of the largest exponent are infinity and NaN.
    for (const bits of all) if ((bits & 0x7c00) < 0x7c00) expect(halfBits(values[bits])).toBe(bits);
    expect([...fromHalves([0x7c00, 0xfc00, 0x7e00])]).toEqual([Infinity, -Infinity, Number.NaN]);
  });
});
