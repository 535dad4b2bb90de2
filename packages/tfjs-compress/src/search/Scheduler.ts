import { random } from '@tfjs-compress/math/internal';
import { choosePlan } from './choosePlan.js';
import { hashOf } from './hashOf.js';
import { type Proposal, propose } from './propose.js';
import { aimedAt, isDone } from './ranking.js';
import { rootPlan } from './rootPlan.js';
import { defaultWidth, type ResolvedSearch } from './searchOptions.js';
import type { Baseline, KernelChoice, Plan, Scheduler, TrialResult, TrialSpec } from './types.js';
import { choiceCost, widen } from './widen.js';

/**
 * Trials of a generation, as a part of the search's width, and their part of a long
 * trial's epochs; the last entry holds for all that follow.
 */
const generations = [
  { trials: 1, length: 1 / 4 },
  { trials: 1 / 3, length: 1 / 2 },
  { trials: 1 / 6, length: 1 },
];
function generationOf(generation: number) {
  return generations[Math.min(generation, generations.length) - 1];
}

/** Of the epochs of a trial, those that prune. */
const surgeryPart = 0.6;
/**
 * The first plans: how much smaller than the given model they aim to be, or what part of
 * the limit they aim at; and whether the sensitivities say where, or the sizes of the
 * kernels.
 */
const firstAims = [
  { ratio: 24, margin: 0.95, by: 'sensitivity' },
  { ratio: 48, margin: 0.95, by: 'size' },
  { ratio: 96, margin: 0.8, by: 'size' },
  { ratio: 12, margin: 0.8, by: 'sensitivity' },
  { ratio: 96, margin: 1.1, by: 'sensitivity' },
  { ratio: 192, margin: 0.65, by: 'size' },
] as const;
/** Fewer need more training than the first trials have. */
const firstBits = 4;
/**
 * Of the bits that pruning leaves in a trial, those that rounding saves. The weights that
 * become 0 for it are better chosen than by magnitude.
 */
const savedBits = 0.25;
/**
 * Of a long trial without a limit of time. All trials of a search together have some nine
 * times as much.
 */
const longTrial = { epochs: 18, fewestEpochs: 4, steps: 3000 };
/** With a limit of time, so many long trials are to have time. */
const longTrials = 10;
/**
 * Proposals of plans that were tried, before a generation is left as it is: small nets
 * have few plans.
 */
const maxRepeats = 100;

/**
 * The trials of a search: first several plans from the measured sensitivities, trained
 * shortly, then changes to the best of them, trained longer (successive halving: Jamieson
 * and Talwalkar, 2016, arXiv:1502.07943, generation by generation).
 */
export function createScheduler(search: ResolvedSearch, baseline: Baseline, parallel = 1): Scheduler {
  let first: Proposal[] | undefined;
  /** By generation; wide ones take time. */
  const known = new Map<number, { before: string; specs: TrialSpec[] }>();
  return { next };

  function next(results: readonly TrialResult[]): TrialSpec[] | undefined {
    const before: TrialResult[] = [];
    for (let generation = 1; ; generation++) {
      const current = results.filter(({ spec }) => spec.generation === generation);
      const left = (search.trials ?? Number.POSITIVE_INFINITY) - before.length;
      const specs = knownSpecs(generation, before).slice(0, Math.max(0, left));
      if (specs.length === 0) return undefined;
      const have = new Set(current.map(({ id }) => id));
      // A search that went on with other minutes may have trials that are none of these.
      const missing = specs.filter(({ id }) => !have.has(id)).slice(0, Math.max(0, specs.length - current.length));
      if (missing.length > 0) return missing;
      before.push(...current.sort((a, b) => (a.id < b.id ? -1 : 1)));
    }
  }

  function knownSpecs(generation: number, results: readonly TrialResult[]): TrialSpec[] {
    const before = results.map(({ id, status }) => id + status).join();
    let found = known.get(generation);
    if (found?.before !== before) {
      found = { before, specs: specsOf(generation, results) };
      known.set(generation, found);
    }
    return found.specs;
  }

  function specsOf(generation: number, before: readonly TrialResult[]): TrialSpec[] {
    const count = Math.max(1, Math.round(generationOf(generation).trials * search.width));
    const epochs = epochsOf(generation, before);
    const tried = new Set(before.map(({ spec }) => keyOf(spec)));
    const specs: TrialSpec[] = [];
    let repeats = 0;
    for (const { plan, parent } of proposalsFor(generation, before)) {
      if (specs.length === count || repeats === maxRepeats) break;
      const key = keyOf({ plan, parent });
      if (tried.has(key)) {
        repeats++;
        continue;
      }
      tried.add(key);
      const seed = Math.floor(2 ** 31 * random(search.seed, generation, specs.length));
      const from = before.find(({ id }) => id === parent);
      const saveBits = needsAll(plan, from) ? 0 : savedIn(epochs);
      const rest = { generation, plan, parent, epochs, saveBits, seed };
      specs.push({ id: hashOf(JSON.stringify(rest)), ...rest });
    }
    return specs;
  }

  function epochsOf(generation: number, before: readonly TrialResult[]): TrialSpec['epochs'] {
    const all = Math.max(2, Math.round(generationOf(generation).length * longEpochs(before)));
    const surgery = Math.min(all - 1, Math.round(surgeryPart * all));
    return { surgery, quantize: all - surgery };
  }

  /** Bits say nothing about multiplications, and one epoch does not make up for them. */
  function savedIn({ quantize }: TrialSpec['epochs']): number {
    return search.goal.cost === 'sizeBytes' && quantize > 1 ? savedBits : 0;
  }

  /**
   * Whether a plan leaves more weights than the one that its parent had, and most of all
   * there are. There is no room then to plan for those that rounding takes: with bits
   * saved once more, the trial would become smaller.
   */
  function needsAll(plan: Plan, parent: TrialResult | undefined): boolean {
    const kernels = Object.entries(baseline.kernels);
    const sum = (partOf: (path: string) => number) =>
      kernels.reduce((total, [path, { weights }]) => total + partOf(path) * weights, 0);
    const left = (each: Plan) => sum((path) => 1 - each[path].sparsity);
    return parent !== undefined && left(plan) > sum(() => 0.5) && left(plan) > 1.01 * left(parent.spec.plan);
  }

  function* proposalsFor(generation: number, before: readonly TrialResult[]): Generator<Proposal> {
    const { seed, width } = search;
    const goal = aimedAt(search.goal);
    if (generation === 1) first ??= firstProposals();
    yield* generation === 1 ? first! : propose(before, goal, baseline, longEpochs(before));
    if (width > defaultWidth) yield* widen(before, goal, baseline, seed, generation);
  }

  function firstProposals(): Proposal[] {
    const { goal } = search;
    const cost = choiceCost(goal, baseline);
    const wide = mapKernels(baseline, (choices) => choices.filter(({ bits }) => bits >= firstBits));
    const saved = savedIn(epochsOf(1, []));
    return firstAims.map(({ ratio, margin, by }) => {
      const target = (goal.within === 'cost' ? margin * goal.limit : baseline.sizeBytes / ratio) / (1 - saved);
      const plan = by === 'size' ? rootPlan(wide, cost, target, firstBits) : choosePlan(wide, cost, target);
      return { plan, parent: 'start' };
    });
  }

  /** By the time that epochs took so far. The first generation is short in any case. */
  function longEpochs(before: readonly TrialResult[]): number {
    const { epochs, minutes } = search;
    if (epochs !== undefined) return epochs;
    if (minutes === undefined) {
      const { stepsPerEpoch = 1 } = baseline;
      const affordable = Math.round(longTrial.steps / stepsPerEpoch);
      return Math.min(longTrial.epochs, Math.max(longTrial.fewestEpochs, affordable));
    }
    if (before.length === 0) return 8;
    const first = before.filter((result) => isDone(result) && result.spec.generation === 1);
    const all = (list: readonly TrialResult[], pick: (result: TrialResult) => number) =>
      list.reduce((sum, result) => sum + pick(result), 0);
    const perEpoch =
      all(first, ({ seconds }) => seconds) / all(first, ({ spec }) => spec.epochs.surgery + spec.epochs.quantize);
    const left = 60 * minutes - all(first, ({ seconds }) => seconds) / parallel;
    const affordable = (left * parallel) / perEpoch / longTrials;
    return Number.isFinite(affordable) ? Math.min(100, Math.max(4, Math.floor(affordable))) : 8;
  }
}

function mapKernels(baseline: Baseline, map: (choices: KernelChoice[]) => KernelChoice[]): Baseline {
  const entries = Object.entries(baseline.kernels);
  const kernels = entries.map(([path, kernel]) => [path, { ...kernel, choices: map(kernel.choices) }]);
  return { ...baseline, kernels: Object.fromEntries(kernels) };
}

function keyOf({ plan, parent }: { plan: Plan; parent: string }): string {
  return JSON.stringify([plan, parent]);
}
