import { random } from '@tfjs-compress/math/internal';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createScheduler } from './Scheduler.js';
import { resolveSearchOptions, type SearchOptions } from './searchOptions.js';
import { kernelsOfSizes } from './testing.js';
import type { Baseline, Scheduler, TrialResult, TrialSpec } from './types.js';

const baseline: Baseline = {
  score: 0.95,
  examples: 1000,
  sizeBytes: 20_000,
  kernels: kernelsOfSizes({ 'a/kernel': 4000, 'b/kernel': 900, 'c/kernel': 60 }, (i) => i + 1),
};

/**
 * A made-up law instead of a training: less of what is left loses more, more epochs lose
 * less.
 */
function resultOf(spec: TrialSpec, failing = 0): TrialResult {
  const epochs = spec.epochs.surgery + spec.epochs.quantize;
  const common = { id: spec.id, spec, seconds: 2 * epochs };
  if (random(spec.seed, 1) < failing) return { ...common, status: 'failed', error: 'by chance' };
  const kernels = Object.entries(spec.plan).map(([path, { sparsity, bits }], i) => {
    const weights = baseline.kernels[path].weights;
    const nonZeros = Math.max(1, Math.round((1 - sparsity) * weights));
    const loss = ((i + 1) * 0.0004) / ((1 - sparsity) * epochs) + 0.01 / bits ** 2;
    return {
      path,
      loss,
      weights,
      nonZeros,
      levels: 2 ** (bits - 1),
      sizeBytes: (nonZeros * (6 + bits)) / 8,
      probe: loss,
    };
  });
  const sum = (pick: (kernel: (typeof kernels)[0]) => number) => kernels.reduce((total, each) => total + pick(each), 0);
  return {
    ...common,
    status: 'done',
    score: Math.max(0.1, 0.95 - sum(({ loss }) => loss) + 0.002 * random(spec.seed, 2)),
    examples: 1000,
    sizeBytes: Math.round(100 + sum((each) => each.sizeBytes)),
    multiplyAdds: sum((each) => each.nonZeros),
    kernels: Object.fromEntries(kernels.map(({ path, loss: _, ...figures }) => [path, figures])),
  };
}

function runAll(scheduler: Scheduler, results: TrialResult[] = [], failing = 0): TrialResult[] {
  const all = [...results];
  for (;;) {
    const specs = scheduler.next(all);
    if (!specs) return all;
    all.push(...specs.map((spec) => resultOf(spec, failing)));
    if (all.length > 200) throw new Error('no end');
  }
}

const make = (options: SearchOptions = {}) => createScheduler(resolveSearchOptions(options), baseline);
const goals: SearchOptions[] = [
  { maxLoss: 0.01 },
  { maxBytes: 900 },
  { maxMultiplyAdds: 700 },
  { maxLoss: 0.02, minutes: 30 },
];

it('gives the same trials wherever the search was stopped, in whatever order results came', () => {
  fc.assert(
    fc.property(fc.constantFrom(...goals), fc.nat(), fc.constantFrom(0, 0.2), (goal, seed, failing) => {
      const options = { ...goal, seed, trials: 20 };
      const whole = runAll(make(options), [], failing);
      expect(whole.length).toBeLessThanOrEqual(20);
      expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
      const kept = whole.filter((_, i) => i < whole.length / 2 || random(seed, i) < 0.2);
      // A later generation cannot be there before the one it depends on.
      const open =
        whole.find(({ id }) => !kept.some((each) => each.id === id))?.spec.generation ?? Number.POSITIVE_INFINITY;
      const before = kept.filter(({ spec }) => spec.generation <= open).sort((a, b) => (a.id < b.id ? 1 : -1));
      const again = runAll(make(options), before, failing);
      const sorted = (list: TrialResult[]) => list.map(({ id }) => id).sort();
      expect(sorted(again)).toEqual(sorted(whole));
    }),
    { numRuns: 20 },
  );
});

it('begins trials with what earlier generations left, and trains longer from generation to generation', () => {
  for (const goal of goals) {
    const all = runAll(make({ ...goal, trials: 20 }));
    for (const { spec } of all) {
      if (spec.parent === 'start') continue;
      const parent = all.find(({ id }) => id === spec.parent)!;
      expect(parent.status).toBe('done');
      expect(parent.spec.generation).toBeLessThan(spec.generation);
    }
    const lengths = [1, 2, 3].map((generation) => {
      const { epochs } = all.find(({ spec }) => spec.generation === generation)!.spec;
      return epochs.surgery + epochs.quantize;
    });
    expect(lengths[0]).toBeLessThan(lengths[1]);
    expect(lengths[1]).toBeLessThan(lengths[2]);
  }
});

it('finds smaller ones that are good enough, and better ones that are small enough', () => {
  const best = (list: TrialResult[], isGood: (trial: any) => boolean, key: string, sign: number) =>
    Math.min(
      ...list.filter((trial: any) => trial.status === 'done' && isGood(trial)).map((trial: any) => sign * trial[key]),
    );
  const small = runAll(make({ maxLoss: 0.01, trials: 24 }));
  const isGood = ({ score }: { score: number }) => score >= 0.94;
  const first = small.filter(({ spec }) => spec.generation === 1);
  expect(best(small, isGood, 'sizeBytes', 1)).toBeLessThan(0.7 * best(first, isGood, 'sizeBytes', 1));
  const good = runAll(make({ maxBytes: 700, trials: 24 }));
  const isSmall = ({ sizeBytes }: { sizeBytes: number }) => sizeBytes <= 700;
  const early = good.filter(({ spec }) => spec.generation === 1);
  expect(best(good, isSmall, 'score', -1)).toBeLessThan(best(early, isSmall, 'score', -1));
});

it('goes on with another number of trials, or other minutes', () => {
  const ten = runAll(make({ trials: 10 }));
  const more = runAll(make({ trials: 16 }), ten);
  expect(more.slice(0, 10)).toEqual(ten);
  expect(more.length).toBe(16);
  const short = runAll(make({ minutes: 20, trials: 9 }));
  const long = runAll(make({ minutes: 60, trials: 14 }), short);
  expect(long.slice(0, short.length)).toEqual(short);
  expect(long.length).toBe(14);
});

it.each([
  [undefined, 18],
  [20, 18],
  [500, 6],
  [5000, 4],
])('with %s steps in an epoch, long trials have %i epochs', (stepsPerEpoch, epochs) => {
  const all = runAll(createScheduler(resolveSearchOptions({ maxLoss: 0.01 }), { ...baseline, stepsPerEpoch }));
  expect(all.length).toBe(14);
  const lengths = all.map(({ spec }) => spec.epochs.surgery + spec.epochs.quantize);
  expect(Math.max(...lengths)).toBe(epochs);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
});

it('ends when nothing works', () => {
  expect(runAll(make(), [], 1).length).toBe(6);
});

it('saves bits where bytes count and more than one epoch rounds', () => {
  for (const [options, saved] of [
    [{ maxLoss: 0.02 }, 0.25],
    [{ maxBytes: 2000 }, 0.25],
    [{ maxMultiplyAdds: 500 }, 0],
  ] as const) {
    const specs = runAll(make({ ...options, epochs: 10 })).map(({ spec }) => spec);
    expect(new Set(specs.map(({ epochs }) => epochs.quantize))).toEqual(new Set([1, 2, 4]));
    for (const { epochs, saveBits } of specs) expect(saveBits).toBe(epochs.quantize > 1 ? saved : 0);
  }
});

it('saves no bits in what has to become larger than its parent and has no more weights to plan for', () => {
  const weights = Object.values(baseline.kernels).reduce((sum, each) => sum + each.weights, 0);
  const left = ({ plan }: TrialSpec) =>
    Object.entries(plan).reduce(
      (sum, [path, { sparsity }]) => sum + (1 - sparsity) * baseline.kernels[path].weights,
      0,
    );
  // A net that needs nearly all of its weights.
  const scheduler = make({ maxLoss: 0.01, epochs: 10 });
  const all: TrialResult[] = [];
  for (let specs = scheduler.next(all); specs; specs = scheduler.next(all))
    all.push(...specs.map((spec) => ({ ...resultOf(spec), score: 0.3 + (0.5 * left(spec)) / weights }) as TrialResult));
  const without = all.filter(({ spec }) => spec.saveBits === 0 && spec.epochs.quantize > 1);
  expect(without.length).toBeGreaterThan(0);
  for (const { spec } of without) {
    expect(left(spec)).toBeGreaterThan(weights / 2);
    expect(left(spec)).toBeGreaterThan(left(all.find(({ id }) => id === spec.parent)!.spec));
  }
});
