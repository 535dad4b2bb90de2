import { expect, it } from 'vitest';
import { type Proposal, propose as proposeFor } from './propose.js';
import type { Goal } from './searchOptions.js';
import { kernelsOfSizes } from './testing.js';
import type { Baseline, DoneTrial, Plan } from './types.js';

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

const propose = (results: DoneTrial[], longEpochs = 6) => proposeFor(results, goal, baseline, longEpochs);
/** Of what the parent has left. */
const factorOf = ({ plan, parent }: Proposal, results: DoneTrial[]) => {
  const before = results.find(({ id }) => id === parent)!.spec.plan;
  const kept = (of: Plan) =>
    Object.entries(of).reduce((sum, [path, each]) => sum + (1 - each.sparsity) * baseline.kernels[path].weights, 0);
  return kept(plan) / kept(before);
};
const ofParent = (id: string, proposals: Proposal[]) => proposals.filter(({ parent }) => parent === id);

it('goes on with trials that nobody has gone on with, the one first that promises the smallest file', () => {
  const results = [
    trial('a', 'start', 0.5, 0.86),
    trial('b', 'a', 0.5, 0.875),
    trial('c', 'b', 0.5, 0.885),
    trial('d', 'start', 0.9, 0.88),
    trial('e', 'start', 0.8, 0.6),
  ];
  const parents = propose(results).map(({ parent }) => parent);
  expect(parents.slice(0, 3)).toEqual(['d', 'c', 'e']);
  expect(parents).not.toContain('a');
  expect(parents).not.toContain('b');
});

it('goes on with what misses the goal least where all are far from it', () => {
  const results = [
    trial('tiny', 'start', 0.98, 0.3),
    trial('small', 'start', 0.8, 0.7),
    trial('worse', 'start', 0.8, 0.6),
  ];
  expect(
    propose(results)
      .map(({ parent }) => parent)
      .slice(0, 3),
  ).toEqual(['small', 'worse', 'tiny']);
});

it('makes smaller what may lose more, and larger what has lost too much', () => {
  const results = [trial('good', 'start', 0.5, 0.891), trial('bad', 'start', 0.95, 0.87)];
  const proposals = propose(results, 2);
  const [[first], [bad]] = [ofParent('good', proposals.slice(1)), ofParent('bad', proposals)];
  expect(factorOf(first, results)).toBeLessThan(0.7);
  expect(factorOf(bad, results)).toBeGreaterThan(1.5);
  // With more training ahead, less has to be left.
  const [later] = ofParent('good', propose(results, 6).slice(1));
  expect(factorOf(later, results)).toBeLessThan(factorOf(first, results));
});

it('leaves what is far from the goal as soon as a trial is within it', () => {
  const far = trial('far', 'start', 0.95, 0.8);
  expect(ofParent('far', propose([trial('worse', 'start', 0.5, 0.7), far]))).not.toEqual([]);
  const results = [trial('good', 'start', 0.5, 0.891), { ...far, spec: { ...far.spec, parent: 'good' } }];
  expect(ofParent('far', propose(results))).toEqual([]);
});

it('takes as large a step in size after fewer bits have failed', () => {
  const good = trial('good', 'start', 0.5, 0.898);
  const failed = trial('failed', 'good', 0.5, 0.8);
  const size = (results: DoneTrial[]) =>
    Math.min(...ofParent('good', propose(results)).map((each) => factorOf(each, results)));
  const fewer = Object.fromEntries(
    Object.entries(failed.spec.plan).map(([path, each]) => [path, { ...each, bits: 3 }]),
  );
  expect(size([good, { ...failed, spec: { ...failed.spec, plan: fewer } }])).toBe(size([good]));
  expect(size([good, failed])).toBeGreaterThan(size([good]));
});

it('takes smaller steps from a trial each time that one has failed', () => {
  const results = [trial('good', 'start', 0.5, 0.898)];
  const factors = [1, 2, 3].map((children) => {
    const all = [...results];
    for (let i = 1; i < children; i++) all.push(trial(`child${i}`, 'good', 0.8, 0.8));
    // The first one has fewer bits.
    return Math.min(...ofParent('good', propose(all)).map((each) => factorOf(each, all)));
  });
  expect(factors[0]).toBeLessThan(factors[1]);
  expect(factors[1]).toBeLessThan(factors[2]);
  expect(factors[2]).toBeLessThan(1);
});

it('tries fewer bits once', () => {
  const bits = ({ plan }: Proposal) => Object.values(plan).map((kernel) => kernel.bits);
  const results = [trial('good', 'start', 0.5, 0.898)];
  const [first] = propose(results);
  expect([bits(first), factorOf(first, results)]).toEqual([[3, 3], 1]);
  const tried = { ...trial('fewer', 'good', 0.5, 0.8), spec: { ...trial('fewer', 'good', 0.5, 0.8).spec, ...first } };
  expect(bits(propose([...results, tried])[0])).toEqual([4, 4]);
});
