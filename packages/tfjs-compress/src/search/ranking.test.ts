import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aimedAt, compare, frontierOf, isWithin, ranked } from './ranking.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, TrialResult } from './types.js';

const baseline: Baseline = { score: 0.9, examples: 1000, sizeBytes: 1000, kernels: {} };
const goals: Goal[] = [
  { within: 'score', maxLoss: 0.02, cost: 'sizeBytes' },
  { within: 'cost', limit: 500, cost: 'sizeBytes' },
  { within: 'cost', limit: 500, cost: 'multiplyAdds' },
];

function done(id: string, score: number, sizeBytes: number, multiplyAdds?: number): DoneTrial {
  const spec = { id, generation: 1, plan: {}, parent: 'start', epochs: { surgery: 1, quantize: 1 }, seed: 0 };
  return { id, spec, status: 'done', score, sizeBytes, multiplyAdds, kernels: {}, seconds: 1 };
}

const trials = fc
  .array(
    fc.tuple(fc.integer({ min: 850, max: 920 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((list) => list.map(([score, size, macs], i) => done(String(i), score / 1000, size, macs)));

it('orders results in one way, whatever order they came in', () => {
  fc.assert(
    fc.property(trials, fc.constantFrom(...goals), fc.nat(), (list, goal, shift) => {
      const order = ranked(list, goal, baseline);
      const turned = list.map((_, i) => list[(i + shift) % list.length]);
      expect(ranked(turned, goal, baseline)).toEqual(order);
      for (let i = 1; i < order.length; i++) expect(compare(order[i - 1], order[i], goal, baseline)).toBeLessThan(0);
      const firstOutside = order.findIndex((each) => !isWithin(each, goal, baseline));
      if (firstOutside >= 0)
        expect(order.slice(firstOutside).some((each) => isWithin(each, goal, baseline))).toBe(false);
    }),
  );
});

it('takes the smallest that is good enough, or the best that is small enough', () => {
  const list = [done('a', 0.9, 600), done('b', 0.881, 300), done('c', 0.87, 100), done('d', 0.895, 400)];
  expect(ranked(list, goals[0], baseline).map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c']);
  expect(ranked(list, goals[1], baseline).map(({ id }) => id)).toEqual(['d', 'b', 'c', 'a']);
});

it('does not take chance for a better score', () => {
  // The standard error of .9 of 1,000 is .0095.
  const list = [done('a', 0.9, 450), done('b', 0.8995, 200)];
  expect(ranked(list, goals[1], baseline)[0].id).toBe('b');
  expect(ranked(list, goals[1], { ...baseline, examples: undefined })[0].id).toBe('a');
});

it('counts a loss of exactly maxLoss as within', () => {
  expect(isWithin(done('a', 0.9 - 0.02, 1), goals[0], baseline)).toBe(true);
});

it('asks for a loss that is below maxLoss by part of a standard error, where that is known', () => {
  const within = (figures: Partial<DoneTrial>, goal = goals[0]) =>
    isWithin({ ...done('a', 0, 1), ...figures }, goal, baseline);
  const aim = (figures: Partial<DoneTrial>) => within(figures, aimedAt(goals[0]));
  expect([within({ score: 0.885, noise: 0.0066 }), within({ score: 0.885, noise: 0.0067 })]).toEqual([true, false]);
  expect([aim({ score: 0.885, noise: 0.0049 }), aim({ score: 0.885, noise: 0.0051 })]).toEqual([true, false]);
  // Of .885 of 1,000 right answers it is .0101, of 10,000 it is .0032.
  expect([within({ score: 0.885, examples: 1000 }), within({ score: 0.885, examples: 10_000 })]).toEqual([false, true]);
  // Half of maxLoss is left in any case.
  expect([within({ score: 0.89, noise: 0.5 }), within({ score: 0.8899, noise: 0.5 })]).toEqual([true, false]);
});

it('finds the frontier', () => {
  fc.assert(
    fc.property(trials, (list) => {
      const failed: TrialResult = { id: 'f', spec: list[0].spec, status: 'failed', error: '', seconds: 1 };
      const frontier = frontierOf([failed, ...list]);
      const beats = (a: DoneTrial, b: DoneTrial) =>
        a.sizeBytes <= b.sizeBytes && a.score >= b.score && (a.sizeBytes < b.sizeBytes || a.score > b.score);
      for (const each of list) {
        const isBeaten = list.some((other) => beats(other, each));
        const isThere = frontier.some(({ score, sizeBytes }) => score === each.score && sizeBytes === each.sizeBytes);
        expect(isThere).toBe(!isBeaten);
      }
    }),
  );
});

it('asks for a gain where maxLoss is negative', () => {
  const goal: Goal = { within: 'score', maxLoss: -0.02, cost: 'sizeBytes' };
  expect(isWithin(done('a', 0.915, 1), goal, baseline)).toBe(false);
  expect(isWithin(done('a', 0.92, 1), goal, baseline)).toBe(true);
  expect(isWithin({ ...done('a', 0.92, 1), noise: 0.01 }, goal, baseline)).toBe(true);
});
