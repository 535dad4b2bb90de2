import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codebookOf } from './codebook.js';
import { countOnLevels, powerOfTwoLevels, powerOfTwoRange, roundToPowerOfTwo } from './levels.js';

const bits = fc.integer({ min: 2, max: 8 });
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Any float32 patterns: denormal, huge and equal ones among them. */
const weights = fc.array(fc.oneof(finite, fc.constantFrom(0, -0, 1, -1, 1.5, 0.75, 2 ** -149, 3.4e38)), {
  minLength: 1,
  maxLength: 60,
});

function roundAll(values: number[], b: number): { rounded: Float32Array; levels: Float32Array; values: Float32Array } {
  const float = Float32Array.from(values);
  const codebook = codebookOf(float, b);
  return { rounded: roundToPowerOfTwo(float, codebook), levels: powerOfTwoLevels(codebook.ranges[0]), values: float };
}

/** Eq. 4 read slowly: every level's interval tried in turn. */
function byDefinition(w: number, levels: Float32Array): number {
  const nonNegative = [...levels].filter((level) => level >= 0);
  const magnitude = Math.abs(w);
  let chosen = 0;
  for (let i = 1; i < nonNegative.length; i++) {
    const [alpha, beta] = [nonNegative[i - 1], nonNegative[i]];
    if (magnitude >= (alpha + beta) / 2) chosen = beta;
  }
  return chosen === 0 ? 0 : Math.sign(w) * chosen;
}

describe('powerOfTwoRange', () => {
  it('is Eq. 2 and 3 of INQ', () => {
    expect(powerOfTwoRange(1, 5)).toEqual({ n1: 0, n2: -7 });
    expect(powerOfTwoRange(1.5, 5)).toEqual({ n1: 1, n2: -6 });
    expect(powerOfTwoRange(1.4999999, 5)).toEqual({ n1: 0, n2: -7 });
    for (const [b, difference] of [
      [5, 7],
      [4, 3],
      [3, 1],
      [2, 0],
    ]) {
      const { n1, n2 } = powerOfTwoRange(0.3, b)!;
      expect(n1 - n2, `bits ${b}`).toBe(difference);
    }
  });

  it('agrees with floor(log2(4s/3)) away from its rounding errors', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), bits, (s, b) => {
        const log = Math.log2((4 * s) / 3);
        fc.pre(Math.abs(log - Math.round(log)) > 1e-9);
        expect(powerOfTwoRange(s, b)!.n1).toBe(Math.floor(log));
      }),
    );
  });

  it('stays within float32', () => {
    expect(powerOfTwoRange(3.4e38, 8)!.n1).toBe(127);
    expect(powerOfTwoRange(2 ** -149, 8)).toEqual({ n1: -149, n2: -149 });
    expect(powerOfTwoRange(0, 5)).toBeNull();
  });

  it('refuses other bit widths', () => {
    for (const b of [1, 9, 4.5, Number.NaN]) {
      expect(() => powerOfTwoRange(1, b)).toThrow(`bits: expected an integer from 2 to 8, received ${b}.`);
    }
  });
});

describe('roundToPowerOfTwo', () => {
  it('gives Eq. 4 for every weight that is not larger than the tensor was', () => {
    fc.assert(
      fc.property(weights, bits, (given, b) => {
        const { rounded, levels, values } = roundAll(given, b);
        values.forEach((w, i) => {
          expect(rounded[i]).toBe(byDefinition(w, levels));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives a level, never -0, and nothing new the second time', () => {
    fc.assert(
      fc.property(weights, bits, (given, b) => {
        const { rounded, levels, values } = roundAll(given, b);
        for (const value of rounded) {
          expect(levels).toContain(value);
          expect(Object.is(value, -0)).toBe(false);
        }
        expect(roundToPowerOfTwo(rounded, codebookOf(values, b))).toEqual(rounded);
      }),
    );
  });

  it('takes ties up and saturates above the largest level', () => {
    const codebook = codebookOf(Float32Array.of(1), 3);
    expect(codebook.ranges).toEqual([{ n1: 0, n2: -1 }]);
    const values = Float32Array.of(0.75, -0.75, 0.7499, 0.25, -0.25, 0.2499, -0.2499, 1.6, -100);
    expect([...roundToPowerOfTwo(values, codebook)]).toEqual([1, -1, 0.5, 0.5, -0.5, 0, 0, 1, -1]);
  });

  it('gives each output channel its own levels where asked', () => {
    const values = Float32Array.of(1, 100, 0.01, 0.9, 90, 0);
    const codebook = codebookOf(values, 2, { count: 3, inner: 1 });
    expect([...roundToPowerOfTwo(values, codebook)]).toEqual([1, 128, 2 ** -7, 1, 128, 0]);
    const zeros = codebookOf(Float32Array.of(0, 1, 0, 1), 5, { count: 2, inner: 1 });
    expect(zeros.ranges).toEqual([null, { n1: 0, n2: -7 }]);
    const transposed = codebookOf(Float32Array.of(1, 1, 4, 4, 1, 1, 4, 4), 2, { count: 2, inner: 2 });
    expect(transposed.ranges).toEqual([
      { n1: 0, n2: 0 },
      { n1: 2, n2: 2 },
    ]);
  });
});

describe('countOnLevels', () => {
  it('counts 0 and the levels of the range, no other power of two', () => {
    const weights = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, bits, (given, b) => {
        const codebook = codebookOf(Float32Array.from(given), b);
        const levels = new Set(powerOfTwoLevels(codebook.ranges[0]));
        const values = [...given, ...roundToPowerOfTwo(Float32Array.from(given), codebook), 0, -0, 2, 0.5, 1e-45];
        const expected = values.filter((value) => levels.has(Math.fround(value))).length;
        expect(countOnLevels(Float32Array.from(values), codebook)).toBe(expected);
      }),
    );
    expect(countOnLevels(Float32Array.of(0, 1, Number.NaN), { bits: 5, ranges: [null], inner: 3 })).toBe(1);
  });
});
