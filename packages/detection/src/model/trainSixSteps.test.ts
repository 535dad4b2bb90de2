import * as tf from '@tensorflow/tfjs-core';
import { CustomCallback, type Logs } from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { pictureBatches } from '../data/pictureBatches.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import { type Step, trainSixSteps } from './trainSixSteps.js';

describe('trainSixSteps', () => {
  it('each step lowers its own losses; the Hyper Feature is that of step 3', async () => {
    const detector = tinyDetector({ dropout: 0 });
    const batches = await cachedBatches(detector, tinySet());
    const hyper = () => {
      const layer = detector.model.getLayer('hyper_middle');
      return [...layer.getWeights()[0].dataSync()];
    };
    const losses: Record<number, number[]> = { 2: [], 3: [], 4: [], 5: [] };
    const kernels: Record<number, number[][]> = { 2: [], 3: [], 4: [], 5: [] };
    const args = {
      epochs: 6,
      optimizer: () => tf.train.adam(1e-2),
      callbacks: (step: Step) =>
        new CustomCallback({
          onEpochBegin: async () => void kernels[step].push(hyper()),
          onEpochEnd: async (_: number, logs?: Logs) => {
            losses[step].push(logs?.loss as number);
            expect(Object.keys(logs ?? {})).toContain(step % 2 === 0 ? 'objectness' : 'classification');
          },
        }),
    };
    await trainSixSteps(detector, batches, args);
    // Steps 4 and 5 begin with stages that steps 2 and 3 have trained.
    for (const step of [2, 3]) expect(losses[step].at(-1), `step ${step}`).toBeLessThan(losses[step][0]);
    expect(losses[4][0]).toBeLessThan(losses[2][0]);
    expect(losses[5][0]).toBeLessThan(losses[3][0]);
    expect(kernels[3][0]).toEqual(kernels[2][0]);
    expect(kernels[4][0]).not.toEqual(kernels[3][0]);
    expect(kernels[5].at(-1)).toEqual(kernels[4][0]);
    expect(hyper()).toEqual(kernels[4][0]);
    await expectNoLeak(() => trainSixSteps(detector, batches, { epochs: 1, optimizer: () => tf.train.sgd(1e-3) }));
  });

  it('fine-tunes the trunk on pictures in steps 2 and 3', async () => {
    const detector = tinyDetector({ fineTune: true });
    const trunk = () => [...detector.model.getLayer('c1').getWeights()[0].dataSync()];
    const before = trunk();
    const batches = pictureBatches(detector, tinySet());
    const seen: number[][] = [];
    await trainSixSteps(detector, batches, {
      epochs: 1,
      optimizer: () => tf.train.sgd(1e-2),
      model: detector.model,
      callbacks: () => new CustomCallback({ onEpochEnd: async () => void seen.push(trunk()) }),
    });
    expect(seen[0]).not.toEqual(before);
    expect(seen[1]).not.toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[1]);
    expect(seen[3]).toEqual(seen[1]);
  });

  it('names what it cannot use', async () => {
    const detector = tinyDetector();
    const batches = pictureBatches(detector, tinySet());
    const optimizer = () => tf.train.sgd(1);
    await expect(trainSixSteps(detector, batches, { epochs: 0, optimizer })).rejects.toThrow('epochs: expected');
    const model = detector.featureModel;
    await expect(trainSixSteps(detector, batches, { epochs: 1, optimizer, model })).rejects.toThrow(
      "model: expected the detector's headModel or model",
    );
  });
});
