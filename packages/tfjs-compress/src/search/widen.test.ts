import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createScheduler } from './Scheduler.js';
import { resolveSearchOptions } from './searchOptions.js';
import { kernelsOfSizes } from './testing.js';
import type { Baseline, DoneTrial, TrialSpec } from './types.js';
import { widen } from './widen.js';

const baseline: Baseline = {
  score: 0.9,
  examples: 500,
  sizeBytes: 12_000,
  kernels: kernelsOfSizes({ a: 3000, b: 200 }),
};

/** What the plan asks for, at a score that falls with what is pruned. */
function resultOf(spec: TrialSpec): DoneTrial {
  const kernels = Object.entries(spec.plan).map(([path, { sparsity, bits }]) => {
    const weights = baseline.kernels[path].weights;
    const nonZeros = Math.max(1, Math.round((1 - sparsity) * weights));
    return [path, { weights, nonZeros, levels: 4, sizeBytes: (nonZeros * (6 + bits)) / 8, probe: 0.01 }] as const;
  });
  const sizeBytes = Math.round(kernels.reduce((sum, [, kernel]) => sum + kernel.sizeBytes, 60));
  const score = 0.9 - 2 / Math.sqrt(sizeBytes);
  const rest = { score, sizeBytes, multiplyAdds: sizeBytes, kernels: Object.fromEntries(kernels) };
  return { id: spec.id, spec, seconds: 1, status: 'done', ...rest };
}

it.each([{ maxLoss: 0.05 }, { maxBytes: 500 }, { maxMultiplyAdds: 400 }])('%j: proposals without end', (goal) => {
  const options = { ...goal, width: 60, trials: 90 };
  const scheduler = createScheduler(resolveSearchOptions(options), baseline);
  const first = scheduler.next([])!;
  expect(first.length).toBe(60);
  const results = first.map(resultOf);
  const second = scheduler.next(results)!;
  expect(second.length).toBe(20);
  expect(new Set(second.map(({ parent }) => parent)).size).toBeGreaterThan(3);
  const third = scheduler.next([...results, ...second.map(resultOf)])!;
  expect(third.length).toBe(10);
  const all = [...first, ...second, ...third];
  expect(new Set(all.map(({ plan, parent }) => JSON.stringify([plan, parent]))).size).toBe(90);
  for (const { plan } of all) {
    for (const { sparsity, bits } of Object.values(plan)) {
      expect(sparsity).toBeGreaterThanOrEqual(0);
      expect(sparsity).toBeLessThan(1);
      expect([2, 3, 4, 5, 32]).toContain(bits);
    }
  }
  // Wide searches do what narrow ones do, and more.
  const narrow = createScheduler(resolveSearchOptions({ ...goal, trials: 90 }), baseline).next([])!;
  expect(first.slice(0, narrow.length).map(({ plan }) => plan)).toEqual(narrow.map(({ plan }) => plan));
});

it('the same seed, generation and results give the same proposals', () => {
  const { goal } = resolveSearchOptions({ maxLoss: 0.05 });
  const take = (seed: number, generation: number, before: DoneTrial[]) => {
    const proposals = widen(before, goal, baseline, seed, generation);
    return Array.from({ length: 5 }, () => proposals.next().value);
  };
  const specs = createScheduler(resolveSearchOptions({ width: 12 }), baseline).next([])!;
  const results = specs.map(resultOf);
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom([], results), (seed, before) => {
      expect(take(seed, 2, before)).toEqual(take(seed, 2, [...before].reverse()));
      expect(take(seed, 2, before)).not.toEqual(take(seed, 3, before));
      expect(take(seed, 2, before)).not.toEqual(take(seed + 1, 2, before));
    }),
    { numRuns: 20 },
  );
});

it('ends where all trials failed', () => {
  const { goal } = resolveSearchOptions({});
  const [spec] = createScheduler(resolveSearchOptions({}), baseline).next([])!;
  const failed = { id: spec.id, spec, seconds: 1, status: 'failed', error: 'no' } as const;
  expect([...widen([failed], goal, baseline, 0, 2)]).toEqual([]);
});
