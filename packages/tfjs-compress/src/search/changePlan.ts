import { probed } from './probeKernels.js';
import type { DoneTrial, Plan } from './types.js';

/** Weights that a kernel keeps at least. */
export const fewest = 4;

/**
 * The plan of a trial with fewer weights (factor < 1) or more of them, so that its
 * kernels together cost `factor` of what they do. A kernel whose probe says that it loses
 * little for what it costs gives more, one that loses much gives less.
 *
 * @param costOf Of a kernel as the trial left it.
 * @param noise Of a score: probes below it say nothing.
 */
export function scaledPlan(trial: DoneTrial, factor: number, costOf: (path: string) => number, noise: number): Plan {
  const { plan } = trial.spec;
  const paths = Object.keys(plan).filter((path) => path in trial.kernels);
  const costs = paths.map(costOf);
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const weights = willingness(trial, paths, costs, noise);
  // For more weights the other way round: what loses much gets more.
  const powers = factor < 1 ? weights : weights.map((weight) => 1 / weight);
  let [low, high] = factor < 1 ? [factor ** 8, 1] : [1, factor ** 8];
  for (let i = 0; i < 50; i++) {
    const middle = Math.sqrt(low * high);
    const cost = costs.reduce((sum, each, j) => sum + each * middle ** powers[j], 0);
    if (cost > factor * total) high = middle;
    else low = middle;
  }
  return Object.fromEntries(
    Object.entries(plan).map(([path, kernel]) => {
      const i = paths.indexOf(path);
      return [path, i < 0 ? kernel : { ...kernel, sparsity: sparsityAt(trial, path, low ** powers[i]) }];
    }),
  );
}

/** How much of what is asked of all each kernel gives, around 1. */
function willingness({ kernels }: DoneTrial, paths: string[], costs: number[], noise: number): number[] {
  const prices = paths.map((path, i) => Math.max(kernels[path].probe ?? 0, noise) / Math.max(1e-9, probed * costs[i]));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const mean = Math.exp(prices.reduce((sum, price, i) => sum + (costs[i] / total) * Math.log(price), 0));
  return prices.map((price) => Math.min(2, Math.max(0.25, Math.sqrt(mean / price))));
}

/**
 * From what is left in each kernel. Rounding makes more weights 0 than the plan asked
 * for, and will do so again.
 */
function sparsityAt(trial: DoneTrial, path: string, factor: number): number {
  const { weights, nonZeros } = trial.kernels[path];
  const wanted = Math.round((factor * nonZeros) / leftByRounding(trial));
  const kept = Math.min(weights, Math.max(Math.min(fewest, weights), wanted));
  return 1 - kept / weights;
}

/** The part of all weights that the plan kept; half where rounding left next to none. */
function leftByRounding({ kernels, spec: { plan } }: DoneTrial): number {
  let [planned, left] = [0, 0];
  for (const [path, { weights, nonZeros }] of Object.entries(kernels)) {
    planned += (1 - plan[path].sparsity) * weights;
    left += nonZeros;
  }
  return Math.min(1, Math.max(0.5, left / Math.max(1, planned)));
}

/** The plan with one bit less in a kernel; undefined where there is none less. */
export function withFewerBits(plan: Plan, path: string): Plan | undefined {
  const { bits } = plan[path];
  const fewer = bits === 32 ? 5 : bits - 1;
  return fewer < 2 ? undefined : { ...plan, [path]: { ...plan[path], bits: fewer } };
}

/** With one bit more; undefined where more makes no difference. */
export function withMoreBits(plan: Plan, path: string): Plan | undefined {
  const { bits } = plan[path];
  return bits >= 5 ? undefined : { ...plan, [path]: { ...plan[path], bits: bits + 1 } };
}
