import { expect, it } from 'vitest';
import { rootPlan } from './rootPlan.js';
import { kernelsOfSizes } from './testing.js';
import type { Baseline } from './types.js';

const sizes = { a: 40_000, b: 10_000, c: 100 };
const baseline: Baseline = { score: 1, sizeBytes: 1, kernels: kernelsOfSizes(sizes) };

it.each([500, 1500, 5000])('keeps square roots, for about %i bytes', (target) => {
  const plan = rootPlan(baseline, (_, { sizeBytes }) => sizeBytes, target, 4);
  const kept = Object.entries(sizes).map(([path, weights]) => (1 - plan[path as 'a'].sparsity) * weights);
  // Choices are powers of 2^(1/4).
  expect(Math.abs(Math.log2(kept[0] / kept[1] / 2))).toBeLessThan(0.3);
  if (kept[2] < 100) expect(Math.abs(Math.log2(kept[1] / kept[2] / 10))).toBeLessThan(0.3);
  const cost = Object.entries(plan).reduce((sum, [path, each]) => {
    const { choices } = baseline.kernels[path];
    return sum + choices.find(({ sparsity, bits }) => sparsity === each.sparsity && bits === 4)!.sizeBytes;
  }, 0);
  expect(cost).toBeLessThanOrEqual(target);
  expect(cost).toBeGreaterThan(0.7 * target);
});
