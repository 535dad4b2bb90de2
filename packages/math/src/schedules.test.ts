import { describe, expect, it } from 'vitest';
import { constant, inverseDecay, piecewise, polynomialDecay } from './schedules.js';

describe('schedules', () => {
  it('constant', () => {
    expect(constant(3)(1e6)).toBe(3);
  });

  it('polynomialDecay is the cubic sparsity schedule', () => {
    const schedule = polynomialDecay({ initialValue: 0.5, finalValue: 0.9, beginStep: 100, endStep: 200 });
    expect([0, 100, 200, 1000].map(schedule)).toEqual([0.5, 0.5, 0.9, 0.9]);
    expect(schedule(150)).toBeCloseTo(0.9 - 0.4 / 8, 12);
    const linear = polynomialDecay({ initialValue: 1, finalValue: 0, beginStep: 0, endStep: 4, power: 1 });
    expect([0, 1, 2, 3, 4].map(linear)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(() => polynomialDecay({ initialValue: 0, finalValue: 1, beginStep: 5, endStep: 5 })).toThrow(
      'endStep: expected more than beginStep (5), received 5.',
    );
  });

  it('piecewise', () => {
    const schedule = piecewise({ boundaries: [10, 20], values: [1, 0.1, 0.01] });
    expect([0, 9, 10, 19, 20, 99].map(schedule)).toEqual([1, 1, 0.1, 0.1, 0.01, 0.01]);
    expect(() => piecewise({ boundaries: [10, 5], values: [1, 2, 3] })).toThrow('boundaries: expected increasing');
    expect(() => piecewise({ boundaries: [10], values: [1] })).toThrow('values: expected 2 values');
  });

  it("inverseDecay is Caffe's inv", () => {
    const schedule = inverseDecay({ initialValue: 0.01, gamma: 1e-4, power: 0.75 });
    expect(schedule(0)).toBe(0.01);
    expect(schedule(10_000)).toBeCloseTo(0.01 * 2 ** -0.75, 12);
  });
});
