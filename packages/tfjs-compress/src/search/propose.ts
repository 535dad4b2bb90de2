import { scaledPlan, withFewerBits, withMoreBits } from './changePlan.js';
import { costOf, floorOf, isWithin, ranked } from './ranking.js';
import { noiseOf } from './scoreOf.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, Plan, TrialResult } from './types.js';

/** A trial that might be worth its time. */
export interface Proposal {
  plan: Plan;
  /** A trial's id, or 'start'. */
  parent: string;
}

/** What a step down asks for at first, as a factor of the cost. */
const firstStep = 0.7;

/**
 * What to try next, the most promising first, given the results so far: smaller ones than
 * the best, begun with its weights, by steps that become shorter when they fail; fewer
 * bits; and more training for those that miss the goal by least.
 */
export function propose(results: readonly TrialResult[], goal: Goal, baseline: Baseline): Proposal[] {
  const order = ranked(results, goal, baseline);
  if (order.length === 0) return [];
  const [best] = order;
  const inside = order.filter((result) => isWithin(result, goal, baseline));
  const outside = order.filter((result) => !isWithin(result, goal, baseline));
  const scaled = (trial: DoneTrial, factor: number) => scaledProposal(trial, factor, goal, baseline);
  const again = (trial: DoneTrial): Proposal => ({ plan: trial.spec.plan, parent: trial.id });
  if (goal.within === 'score') {
    const misses = bestOfEachPlan(outside)
      .filter((result) => !isStuck(result, results, floorOf(goal, baseline, result)))
      .sort((a, b) => b.score - a.score);
    if (inside.length === 0)
      return [...misses.slice(0, 3).map(again), scaled(best, 1.5), again(best), scaled(best, 2.5)];
    const step = stepFor(best, results, goal, baseline);
    const near = misses.filter((result) => costOf(result, goal) < costOf(best, goal));
    const [fewerBits, ...more] = bitsOf(best, 'fewer');
    const first = [scaled(best, step), ...near.slice(0, 1).map(again), ...(fewerBits ? [fewerBits] : [])];
    const others = [...near.slice(1, 2).map(again), ...more];
    return [...first, ...others, scaled(best, step ** 2), scaled(best, Math.sqrt(step)), again(best)];
  }
  if (inside.length === 0)
    return [0.97, 0.85, 0.7].map((margin) => scaled(best, (margin * goal.limit) / costOf(best, goal)));
  const room = goal.limit / costOf(best, goal);
  const toLimit = outside
    .filter(({ score }) => score > best.score)
    .map((each) => scaled(each, (0.97 * goal.limit) / costOf(each, goal)));
  const wider = room > 1.03 ? [scaled(best, 0.97 * room)] : [];
  return [...toLimit.slice(0, 1), ...wider, again(best), ...traded(), scaled(best, 0.9)];

  /** Bits against weights, at the same cost. */
  function traded(): Proposal[] {
    return [...bitsOf(best, 'more'), ...bitsOf(best, 'fewer')].map(({ plan }) => {
      const bits = (path: string) => Math.min(plan[path].bits, 8) / Math.min(best.spec.plan[path].bits, 8);
      const cost = Object.keys(best.kernels).reduce(
        (sum, path) => sum + kernelCost(best, path, goal, baseline) * bits(path) ** 0.4,
        0,
      );
      const now = Object.keys(best.kernels).reduce((sum, path) => sum + kernelCost(best, path, goal, baseline), 0);
      return scaled({ ...best, spec: { ...best.spec, plan } }, now / cost);
    });
  }
}

/**
 * More training of a plan goes on with its best weights, not with those of earlier
 * trials, too.
 */
function bestOfEachPlan(results: readonly DoneTrial[]): DoneTrial[] {
  const best = new Map<string, DoneTrial>();
  for (const result of results) {
    const key = JSON.stringify(result.spec.plan);
    if (result.score > (best.get(key)?.score ?? Number.NEGATIVE_INFINITY)) best.set(key, result);
  }
  return [...best.values()];
}

/**
 * Whether more training with the plan of its parent brought it little nearer to the goal.
 */
function isStuck(result: DoneTrial, results: readonly TrialResult[], floor: number): boolean {
  const parent = results.find(({ id }) => id === result.spec.parent);
  if (parent?.status !== 'done' || JSON.stringify(parent.spec.plan) !== JSON.stringify(result.spec.plan)) return false;
  return result.score - parent.score < 0.25 * (floor - parent.score);
}

/**
 * One bit less, or more, in all kernels; then in the one that takes most bytes, then in
 * the next.
 */
function bitsOf(best: DoneTrial, direction: 'fewer' | 'more'): Proposal[] {
  const change = direction === 'fewer' ? withFewerBits : withMoreBits;
  const paths = Object.keys(best.kernels).sort((a, b) => best.kernels[b].sizeBytes - best.kernels[a].sizeBytes);
  const everywhere = paths.reduce((plan, path) => change(plan, path) ?? plan, best.spec.plan);
  const plans = [everywhere, ...paths.slice(0, 3).map((path) => change(best.spec.plan, path))];
  const changed = plans.filter((plan): plan is Plan => plan !== undefined && plan !== best.spec.plan);
  return changed.map((plan) => ({ plan, parent: best.id }));
}

/**
 * Halved, in logarithms, for each child of `best` that asked for less and missed the
 * goal.
 */
function stepFor(best: DoneTrial, results: readonly TrialResult[], goal: Goal, baseline: Baseline): number {
  const failed = results.filter((result) => {
    const isChild = result.spec.parent === best.id && keeps(result.spec.plan) < keeps(best.spec.plan);
    return isChild && !(result.status === 'done' && isWithin(result, goal, baseline));
  });
  return firstStep ** (1 / 2 ** Math.min(3, failed.length));
}

function keeps(plan: Plan): number {
  return Object.values(plan).reduce((sum, { sparsity }) => sum + Math.log(1 - sparsity), 0);
}

/** The trial's plan so that it costs `factor` of what it does. */
export function scaledProposal(trial: DoneTrial, factor: number, goal: Goal, baseline: Baseline): Proposal {
  const noise = noiseOf(baseline) || 1e-3 * Math.abs(baseline.score) || 1e-6;
  const plan = scaledPlan(trial, factor, (path) => kernelCost(trial, path, goal, baseline), noise);
  return { plan, parent: trial.id };
}

function kernelCost(trial: DoneTrial, path: string, { cost }: Goal, { kernels }: Baseline): number {
  const { sizeBytes, nonZeros } = trial.kernels[path];
  return cost === 'multiplyAdds' ? nonZeros * (kernels[path]?.positions ?? 0) : sizeBytes;
}
