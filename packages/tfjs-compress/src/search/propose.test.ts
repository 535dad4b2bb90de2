import { expect, it } from 'vitest';
import { propose } from './propose.js';
import type { Goal } from './searchOptions.js';
import { kernelsOfSizes } from './testing.js';
import type { Baseline, DoneTrial } from './types.js';

const baseline: Baseline = {
  score: 0.9,
  examples: 1000,
  sizeBytes: 20_000,
  kernels: kernelsOfSizes({ 'a/kernel': 4000, 'b/kernel': 900 }),
};
const goal: Goal = { within: 'score', maxLoss: 0.01, cost: 'sizeBytes' };

function trial(id: string, parent: string, sparsity: number, score: number): DoneTrial {
  const plan = Object.fromEntries(Object.keys(baseline.kernels).map((path) => [path, { sparsity, bits: 4 }]));
  const kernels = Object.entries(baseline.kernels).map(([path, { weights }]) => {
    const nonZeros = Math.round((1 - sparsity) * weights);
    return [path, { weights, nonZeros, levels: 8, sizeBytes: nonZeros, probe: 0.01 }];
  });
  return {
    id,
    spec: { id, parent, plan, generation: 1, epochs: { surgery: 1, quantize: 1 }, seed: 0 },
    status: 'done',
    score,
    sizeBytes: Math.round(5000 * (1 - sparsity)),
    kernels: Object.fromEntries(kernels),
    seconds: 1,
  };
}

it('goes on with the best weights of each plan that misses the goal, with those of several plans', () => {
  const results = [
    trial('a', 'start', 0.5, 0.86),
    trial('b', 'a', 0.5, 0.875),
    trial('c', 'b', 0.5, 0.885),
    trial('d', 'start', 0.8, 0.85),
    trial('e', 'start', 0.9, 0.84),
  ];
  const parents = propose(results, goal, baseline).map(({ parent }) => parent);
  expect(parents.slice(0, 3)).toEqual(['c', 'd', 'e']);
  expect(parents).not.toContain('a');
  expect(parents).not.toContain('b');
});
