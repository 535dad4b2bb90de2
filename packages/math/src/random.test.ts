import { describe, expect, it } from 'vitest';
import { random } from './random.js';

describe('random', () => {
  it('depends on seed and counters alone', () => {
    expect(random(1, 2, 3)).toBe(random(1, 2, 3));
    expect(new Set([random(1, 2, 3), random(2, 2, 3), random(1, 3, 3), random(1, 2, 4), random(1, 3, 2)]).size).toBe(5);
  });

  it('is uniform in [0, 1) along each counter', () => {
    for (const draw of [(i: number) => random(0, i), (i: number) => random(0, 1, i), (i: number) => random(i, 1)]) {
      const bins = new Array(10).fill(0);
      for (let i = 0; i < 10_000; i++) bins[Math.floor(draw(i) * 10)]++;
      const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
      // 9 degrees of freedom: above 33 in one of ten thousand.
      expect(chiSquare).toBeLessThan(33);
    }
  });
});
