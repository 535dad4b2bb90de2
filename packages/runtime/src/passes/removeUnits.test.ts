import { inputsFor, killUnits, outputsOf, randomModel, relativeError, saved } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readGraph } from '../graph/readGraph.js';
import { toModel } from '../testing/toModel.js';
import { removeDeadUnits } from './removeUnits.js';

it('computes the same for random models with random dead units', async () => {
  const ratios: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const model = randomModel(seed);
      killUnits(model, seed);
      const graph = readGraph(await saved(model));
      const small = removeDeadUnits(graph);
      const inputs = inputsFor(model);
      const [whole, part] = [toModel(graph), toModel(small)];
      const received = outputsOf(part, inputs);
      outputsOf(whole, inputs).forEach((expected, i) => {
        expect(relativeError(received[i], expected)).toBeLessThan(1e-6);
      });
      ratios.push(part.countParams() / whole.countParams());
      // Nothing is left to remove.
      expect(toModel(removeDeadUnits(small)).countParams()).toBe(part.countParams());
    }),
    { numRuns: Number(process.env.RUNS ?? 30), seed: process.env.SEED ? Number(process.env.SEED) : undefined },
  );
  expect(ratios.reduce((sum, ratio) => sum + ratio) / ratios.length).toBeLessThan(0.8);
});
