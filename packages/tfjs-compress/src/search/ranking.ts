import { noiseOf } from './scoreOf.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, TrialResult } from './types.js';

export function isDone(result: TrialResult): result is DoneTrial {
  return result.status === 'done';
}

/** Of a trial or of the given model. */
type Figures = Pick<DoneTrial, 'score' | 'examples' | 'noise' | 'sizeBytes' | 'multiplyAdds'>;

/**
 * Standard errors by which a loss has to be below maxLoss, after the one-standard-error
 * rule (Breiman et al., Classification and Regression Trees, 1984): the smallest trial
 * within maxLoss is often one that was lucky. Trials aim at a little more than what is
 * asked of the one that is chosen. In simulated searches (overfitting.test.ts), more than
 * a third of the results lose more than maxLoss in truth without a margin, and fewer than
 * 15% with these, with smaller files than where both are 1.
 */
const margins = { choice: 0.75, aim: 1 };

/** The goal with the margin that trials aim at. */
export function aimedAt(goal: Goal): Goal {
  return goal.within === 'score' ? { ...goal, margin: margins.aim } : goal;
}

/** What the goal counts; infinite where multiplications cannot be counted. */
export function costOf(result: Omit<Figures, 'score'>, { cost }: Goal): number {
  return cost === 'multiplyAdds' ? (result.multiplyAdds ?? Number.POSITIVE_INFINITY) : result.sizeBytes;
}

/**
 * The lowest score with which a model counts as within maxLoss: below the given model's
 * by maxLoss without the margin, of which at least half is left. Too few examples to tell
 * maxLoss from chance would otherwise ask for models that score as high as the given one.
 * Where nothing may be lost, or something is to be gained, there is no margin.
 */
export function floorOf(goal: Goal, { score }: Baseline, result: Omit<Figures, 'sizeBytes'>): number {
  if (goal.within !== 'score') return Number.NEGATIVE_INFINITY;
  const { maxLoss, margin = margins.choice } = goal;
  const least = Math.min(maxLoss, maxLoss / 2);
  return score - Math.max(least, maxLoss - margin * (result.noise ?? noiseOf(result)));
}

export function isWithin(result: Figures, goal: Goal, baseline: Baseline): boolean {
  // One example of 1,000 more or less is .001 only in the decimal system.
  if (goal.within === 'score') return result.score >= floorOf(goal, baseline, result) - 1e-9;
  return costOf(result, goal) <= goal.limit;
}

/**
 * Negative when `a` is the better one. Those within the goal come first: by cost, or by
 * score, of which a quarter of the standard error counts as equal. Of the others, those
 * that miss it by less. The id decides what is left, so that the order never depends on
 * time.
 */
export function compare(a: DoneTrial, b: DoneTrial, goal: Goal, baseline: Baseline): number {
  const [inside, other] = [isWithin(a, goal, baseline), isWithin(b, goal, baseline)];
  if (inside !== other) return inside ? -1 : 1;
  const byScore = rounded(b) - rounded(a);
  const byCost = costOf(a, goal) - costOf(b, goal);
  const isByScore = inside === (goal.within === 'cost');
  const order = isByScore ? byScore || a.sizeBytes - b.sizeBytes : byCost || b.score - a.score;
  return order || (a.id < b.id ? -1 : 1);

  function rounded(result: DoneTrial): number {
    const grain = noiseOf(baseline) / 4;
    return grain > 0 ? Math.round(result.score / grain) : result.score;
  }
}

/** Best first. */
export function ranked(results: readonly TrialResult[], goal: Goal, baseline: Baseline): DoneTrial[] {
  return results.filter(isDone).sort((a, b) => compare(a, b, goal, baseline));
}

/** The results that no other one is both smaller and better than, the smallest first. */
export function frontierOf(results: readonly TrialResult[]): DoneTrial[] {
  const bySize = results.filter(isDone).sort((a, b) => a.sizeBytes - b.sizeBytes || b.score - a.score);
  let best = Number.NEGATIVE_INFINITY;
  return bySize.filter(({ score }) => {
    const isBetter = score > best;
    best = Math.max(best, score);
    return isBetter;
  });
}
