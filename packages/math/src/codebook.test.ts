import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codebookOf, type RangeChoice } from './codebook.js';
import { roundToPowerOfTwo } from './levels.js';

const bits = fc.integer({ min: 2, max: 8 });
const weights = fc.array(fc.oneof(fc.float({ noNaN: true, min: -8, max: 8 }), fc.constantFrom(0, 2 ** -149, 1e-30)), {
  minLength: 6,
  maxLength: 60,
});

function errorOf(values: Float32Array, b: number, range: RangeChoice, channels?: { count: number; inner: number }) {
  const rounded = roundToPowerOfTwo(values, codebookOf(values, b, channels, range));
  return values.reduce((sum, value, i) => sum + (value - rounded[i]) ** 2, 0);
}

it('with the least error rounds no kernel worse than from its largest weight down, with as many levels', () => {
  fc.assert(
    fc.property(weights, bits, (given, b) => {
      const values = Float32Array.from(given);
      expect(errorOf(values, b, 'leastError')).toBeLessThanOrEqual(errorOf(values, b, 'largest'));
      const [largest, least] = (['largest', 'leastError'] as const).map(
        (range) => codebookOf(values, b, undefined, range).ranges[0],
      );
      if (!largest || !least) expect(least).toBe(largest);
      else {
        expect(least.n1 - least.n2).toBeLessThanOrEqual(largest.n1 - largest.n2);
        expect(largest.n1 - least.n1).toBeLessThanOrEqual(2);
      }
    }),
  );
});

it('keeps small weights beside a large one, for each channel by itself', () => {
  const alone = [1, 0.44, 0.46, -0.45, 0.45, 0.44, 0.45, -0.46];
  const zeros = (values: Float32Array) => values.filter((value) => value === 0).length;
  const values = Float32Array.from(alone);
  expect(zeros(roundToPowerOfTwo(values, codebookOf(values, 2)))).toBe(7);
  const least = codebookOf(values, 2, undefined, 'leastError');
  expect(least.ranges).toEqual([{ n1: -1, n2: -1 }]);
  const both = Float32Array.from(alone.flatMap((value) => [value, 16]));
  expect(codebookOf(both, 2, { count: 2, inner: 1 }, 'leastError').ranges).toEqual([least.ranges[0], { n1: 4, n2: 4 }]);
});
