import { describe, expect, it } from 'vitest';
import { inqSteps, resolveINQArgs } from './inqArgs.js';
import { beginOf, type INQPlan, neededEpochs } from './inqPlan.js';

describe('the defaults of INQScheduler', () => {
  it("are the paper's fractions for the bits, and undefined options are their defaults", () => {
    expect(resolveINQArgs({})).toMatchObject({ bits: 5, steps: [0.5, 0.75, 0.875, 1], partition: 'magnitude' });
    expect(resolveINQArgs({ steps: undefined, bits: undefined }).steps).toEqual([0.5, 0.75, 0.875, 1]);
    const lengths = [2, 3, 4, 5, 8].map((bits) => resolveINQArgs({ bits }).steps.length);
    expect(lengths).toEqual([10, 8, 6, 4, 4]);
    for (const steps of Object.values(inqSteps)) expect(resolveINQArgs({ steps }).steps).toEqual([...steps]);
  });
});

describe('the plan of INQ', () => {
  const plan = (args: Partial<INQPlan>): INQPlan => ({ stages: 3, taken: 0, from: 0, to: 8, ...args });
  const begins = (p: INQPlan) => Array.from({ length: p.stages + 1 }, (_, step) => beginOf(p, step));

  it('divides the epochs evenly, or as told, from where surgery ends', () => {
    expect(begins(plan({}))).toEqual([0, 2, 5, 8]);
    expect(begins(plan({ from: 5, to: 8 }))).toEqual([5, 6, 7, 8]);
    expect(begins(plan({ epochsPerStep: 2, to: 6 }))).toEqual([0, 2, 4, 6]);
    expect(begins(plan({ stages: 0, to: 3 }))).toEqual([3]);
  });

  it('spreads the steps that are left over the epochs that are left', () => {
    // Two of four steps were taken before epoch 4: the stage after the second goes on,
    // then one more.
    expect(begins(plan({ taken: 2, from: 4, to: 10 })).slice(2)).toEqual([7, 10]);
    expect(neededEpochs(plan({ taken: 2 }))).toBe(2);
    expect(neededEpochs(plan({}))).toBe(3);
    expect(neededEpochs(plan({ epochsPerStep: 4 }))).toBe(12);
  });
});
