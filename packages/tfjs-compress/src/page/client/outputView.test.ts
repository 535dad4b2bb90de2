import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arePortions, largest } from './outputView.js';

const numbers = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 60 });

it('finds the largest values, the largest first', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 25 }), (list, count) => {
      const values = Float32Array.from(list);
      const found = largest(values, count);
      expect(new Set(found).size).toBe(Math.min(count, values.length));
      const sorted = [...list].sort((a, b) => b - a).slice(0, count);
      expect(found.map((i) => values[i] + 0)).toEqual(sorted.map((value) => value + 0));
    }),
  );
});

it.each([
  [[0.25, 0.75], true],
  [[0, 1, 0], true],
  [[0.5, 0.6], false],
  [[-0.5, 1.5], false],
  [[1], false],
  [[Number.NaN, 1], false],
])('%j are portions of a whole: %s', (values, expected) => {
  expect(arePortions(Float32Array.from(values))).toBe(expected);
});
