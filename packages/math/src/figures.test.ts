import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countNonFinite,
  distinctLevels,
  entropyBits,
  isPowerOfTwoOrZero,
  sparsityOf,
  weightFigures,
} from './figures.js';

describe('figures', () => {
  it('counts zeros, levels and what is not finite', () => {
    const values = Float32Array.of(0, -0, 1, -1, 1);
    expect(sparsityOf(values)).toBe(0.4);
    expect(sparsityOf(new Float32Array(0))).toBe(0);
    expect(distinctLevels(values)).toBe(3);
    expect(countNonFinite(Float32Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY))).toBe(2);
  });

  it('knows powers of two', () => {
    for (let k = -149; k <= 127; k++) expect(isPowerOfTwoOrZero(-(2 ** k)), `2^${k}`).toBe(true);
    for (const value of [3, 0.75, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -149 * 3]) {
      expect(isPowerOfTwoOrZero(value), String(value)).toBe(false);
    }
  });

  it('entropy is at most log2 of the number of symbols, and that for equal counts', () => {
    expect(entropyBits([5, 5, 5, 5])).toBeCloseTo(2, 12);
    expect(entropyBits([7, 0])).toBe(0);
    expect(entropyBits([])).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 1 }), (counts) => {
        expect(entropyBits(counts)).toBeLessThanOrEqual(Math.log2(counts.length) + 1e-9);
      }),
    );
  });

  it('counts bits as a codebook needs them, of powers of two as INQ does', () => {
    const bitsOf = (values: number[]) => weightFigures(Float32Array.from(values)).bits;
    const upTo = (count: number, value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(i));
    const steps = (i: number) => (i + 1) * 0.3;
    const powers = (i: number) => (i % 2 ? -1 : 1) * 2 ** -(i >> 1);
    // uint8: 255 levels and zero, 256 levels without.
    expect(bitsOf([0, ...upTo(255, steps)])).toBe(8);
    expect(bitsOf(upTo(256, steps))).toBe(8);
    expect(bitsOf([0, ...upTo(16, steps)])).toBe(5);
    // INQ at b bits: 2^(b - 1) levels and zero, whether zero occurs or not.
    for (let b = 2; b <= 8; b++) {
      expect(bitsOf([0, ...upTo(2 ** (b - 1), powers)]), `${b} bits`).toBe(b);
      expect(bitsOf(upTo(2 ** (b - 1), powers)), `${b} bits, no zero`).toBe(b);
    }
    expect(bitsOf([0.3])).toBe(1);
    expect(bitsOf([])).toBe(1);
  });

  it('gives the figures of a quantized and of a float tensor', () => {
    const quantized = Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? 0 : i % 2 ? 0.5 : -0.25));
    expect(weightFigures(quantized)).toEqual({
      weights: 64,
      nonZeros: 32,
      remaining: 0.5,
      bits: 2,
      levels: 2,
      float32Bytes: 256,
      packedBytes: Math.ceil((1.5 * 64) / 8) + 8,
    });
    const float = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i));
    expect(weightFigures(float)).toMatchObject({ bits: 32, levels: 500, remaining: 0.5, packedBytes: 125 + 2000 });
    expect(weightFigures(new Float32Array(8))).toMatchObject({ bits: 1, levels: 0, remaining: 0, packedBytes: 0 });
  });
});
