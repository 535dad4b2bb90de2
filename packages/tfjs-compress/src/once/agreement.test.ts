import { describe, expect, it } from 'vitest';
import { agreementOf } from './agreement.js';

describe('agreementOf', () => {
  it('counts equal classes, equal sides, or what is kept of the variance', () => {
    expect(agreementOf([0.7, 0.3, 0.1, 0.9], [0.4, 0.6, 0.2, 0.8], 2)).toBe(0.5);
    expect(agreementOf([0.9, 0.2, 0.6, 0.4], [0.8, 0.6, 0.7, 0.1], 1)).toBe(0.75);
    expect(agreementOf([1, 2, 3, 4], [1, 2, 3, 4], 2)).toBe(1);
    expect(agreementOf([-1, 1], [-1, 0], 1)).toBe(0.5);
    expect(agreementOf([5, 5], [5, 5], 1)).toBe(1);
  });
});
