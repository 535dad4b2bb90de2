import fc from 'fast-check';
import { expect, it } from 'vitest';
import { choosePlan } from './choosePlan.js';
import type { Baseline, KernelChoice, Plan } from './types.js';

/** A kernel's choices, each with the sparsity that tells it. */
const choices = fc
  .array(fc.record({ sizeBytes: fc.integer({ min: 1, max: 1000 }), loss: fc.integer({ min: 0, max: 1000 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((each, i) => ({ ...each, sparsity: i / 10, bits: 5 })));

function baselineOf(kernels: KernelChoice[][]): Baseline {
  const named = kernels.map((list, i): [string, Baseline['kernels'][string]] => [
    `k${i}`,
    { weights: 10, choices: list },
  ]);
  return { score: 1, sizeBytes: 1, kernels: Object.fromEntries(named) };
}

function sum(plan: Plan, { kernels }: Baseline, key: 'sizeBytes' | 'loss'): number {
  return Object.entries(plan).reduce((total, [path, { sparsity }]) => {
    return total + kernels[path].choices.find((choice) => choice.sparsity === sparsity)![key];
  }, 0);
}

function allPlans({ kernels }: Baseline): Plan[] {
  return Object.entries(kernels).reduce<Plan[]>(
    (plans, [path, { choices: list }]) => plans.flatMap((plan) => list.map((choice) => ({ ...plan, [path]: choice }))),
    [{}],
  );
}

it('meets every target that can be met, and no plan of that cost loses less', () => {
  fc.assert(
    fc.property(
      fc.array(choices, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 3000 }),
      (kernels, target) => {
        const baseline = baselineOf(kernels);
        const plan = choosePlan(baseline, (_, { sizeBytes }) => sizeBytes, target);
        const [cost, loss] = [sum(plan, baseline, 'sizeBytes'), sum(plan, baseline, 'loss')];
        const all = allPlans(baseline);
        const least = Math.min(...all.map((each) => sum(each, baseline, 'sizeBytes')));
        expect(cost).toBeLessThanOrEqual(Math.max(target, least));
        const better = all.find(
          (each) => sum(each, baseline, 'sizeBytes') <= cost && sum(each, baseline, 'loss') < loss - 1e-6,
        );
        expect(better).toBeUndefined();
      },
    ),
  );
});

it('prunes first what loses least', () => {
  const levels = (loss: number) =>
    [0, 1, 2].map((i) => ({ sparsity: i / 4, bits: 5, sizeBytes: 100 - 40 * i, loss: loss * i }));
  const plan = choosePlan(baselineOf([levels(1), levels(10)]), (_, { sizeBytes }) => sizeBytes, 130);
  expect(plan).toEqual({ k0: { sparsity: 0.5, bits: 5 }, k1: { sparsity: 0, bits: 5 } });
});
