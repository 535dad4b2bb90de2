import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scaledPlan, withFewerBits, withMoreBits } from './changePlan.js';
import type { DoneTrial } from './types.js';

function trial(kernels: { weights: number; nonZeros: number; probe: number }[]): DoneTrial {
  const named = kernels.map(({ weights, nonZeros, probe }, i) => {
    const figures = { weights, nonZeros, levels: 8, sizeBytes: nonZeros, probe };
    return [`k${i}`, figures, { sparsity: 1 - nonZeros / weights, bits: 4 }] as const;
  });
  const spec = {
    id: 'a',
    generation: 1,
    plan: Object.fromEntries(named.map(([path, , plan]) => [path, plan])),
    parent: 'start',
    epochs: { surgery: 1, quantize: 1 },
    seed: 0,
  };
  const figures = Object.fromEntries(named.map(([path, each]) => [path, each]));
  return { id: 'a', spec, status: 'done', score: 0.9, sizeBytes: 1000, kernels: figures, seconds: 1 };
}

const kernel = fc
  .record({
    weights: fc.integer({ min: 4000, max: 50_000 }),
    part: fc.integer({ min: 5, max: 12 }),
    loss: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ weights, part, loss }) => ({ weights, nonZeros: Math.round((weights * part) / 100), probe: loss / 1000 }));

it('makes the kernels together as much smaller, or larger, as is asked', () => {
  fc.assert(
    fc.property(
      fc.array(kernel, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0.5, 0.8, 0.95, 1.2, 2),
      (kernels, factor) => {
        const before = trial(kernels);
        const plan = scaledPlan(before, factor, (path) => before.kernels[path].sizeBytes, 0.002);
        const kept = Object.keys(plan).map((path) => (1 - plan[path].sparsity) * before.kernels[path].weights);
        const total = kernels.reduce((sum, { nonZeros }) => sum + nonZeros, 0);
        expect(kept.reduce((a, b) => a + b) / total).toBeCloseTo(factor, 1.5);
        for (const [i, { nonZeros }] of kernels.entries())
          expect(Math.sign(Math.round(kept[i]) - nonZeros)).toBe(Math.sign(factor - 1));
      },
    ),
  );
});

it('takes more from the kernel that loses less for what it costs', () => {
  const before = trial([
    { weights: 10_000, nonZeros: 1000, probe: 0.1 },
    { weights: 10_000, nonZeros: 1000, probe: 0.01 },
  ]);
  const kept = (factor: number) => {
    const plan = scaledPlan(before, factor, (path) => before.kernels[path].sizeBytes, 0.001);
    return [1 - plan.k0.sparsity, 1 - plan.k1.sparsity];
  };
  expect(kept(0.7)[0]).toBeGreaterThan(1.2 * kept(0.7)[1]);
  expect(kept(1.5)[0]).toBeGreaterThan(1.2 * kept(1.5)[1]);
});

it('never takes the last weights of a kernel', () => {
  const before = trial([{ weights: 100, nonZeros: 5, probe: 0 }]);
  expect(scaledPlan(before, 0.1, () => 5, 0.001).k0.sparsity).toBeCloseTo(0.96);
});

it('changes bits of one kernel, within what INQ has', () => {
  const plan = { a: { sparsity: 0.5, bits: 32 }, b: { sparsity: 0, bits: 2 } };
  expect(withFewerBits(plan, 'a')).toEqual({ ...plan, a: { sparsity: 0.5, bits: 5 } });
  expect(withFewerBits(plan, 'b')).toBeUndefined();
  expect(withMoreBits(plan, 'b')).toEqual({ ...plan, b: { sparsity: 0, bits: 3 } });
  expect(withMoreBits(plan, 'a')).toBeUndefined();
});
