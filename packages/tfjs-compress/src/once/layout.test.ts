import { describe, expect, it } from 'vitest';
import { largestHessian, partsOf } from './layout.js';

describe('partsOf', () => {
  it('takes apart what is too large, and nothing else', () => {
    for (const size of [1, 500, largestHessian, largestHessian + 1, 5000, 12_800]) {
      const parts = partsOf(size);
      expect(parts.length).toBe(Math.ceil(size / largestHessian));
      let next = 0;
      for (const [from, count] of parts) {
        expect(from).toBe(next);
        expect(count).toBeLessThanOrEqual(largestHessian);
        next += count;
      }
      expect(next).toBe(size);
    }
  });
});
