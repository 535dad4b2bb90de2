import type { Baseline, KernelChoice, Plan } from './types.js';

/** What a plan is to be small in. */
export type CostOf = (path: string, choice: KernelChoice) => number;

/**
 * The plan with the smallest predicted loss whose cost is at most `target`, as far as a
 * Lagrangian finds it: each kernel takes the choice with the least loss + λ · cost, and λ
 * is the smallest that meets the target (Shoham and Gersho, 1988). What lies between two
 * points of the convex hull is missed.
 */
export function choosePlan(baseline: Baseline, costOf: CostOf, target: number): Plan {
  let [low, high] = [-40, 40];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (costOfPlan(planAt(baseline, costOf, 2 ** middle)) > target) low = middle;
    else high = middle;
  }
  return plain(planAt(baseline, costOf, 2 ** high));

  function costOfPlan(plan: Map<string, KernelChoice>): number {
    return [...plan].reduce((sum, [path, choice]) => sum + costOf(path, choice), 0);
  }
}

function planAt({ kernels }: Baseline, costOf: CostOf, lambda: number): Map<string, KernelChoice> {
  const chosen = Object.entries(kernels).map(([path, { choices }]): [string, KernelChoice] => {
    const price = (choice: KernelChoice) => choice.loss + lambda * costOf(path, choice);
    return [path, choices.reduce((best, choice) => (price(choice) < price(best) ? choice : best))];
  });
  return new Map(chosen);
}

function plain(plan: Map<string, KernelChoice>): Plan {
  return Object.fromEntries([...plan].map(([path, { sparsity, bits }]) => [path, { sparsity, bits }]));
}
