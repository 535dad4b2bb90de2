import * as tf from '@tensorflow/tfjs-core';
import { CustomCallback, type Logs } from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { imageBatches } from '../data/imageBatches.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import { type Step, trainSixSteps } from './trainSixSteps.js';

describe('trainSixSteps', () => {
  it('each step lowers the losses of its own stage, going on from the step before; the Hyper Feature is that of step 3', async () => {
    const detector = tinyDetector({ dropout: 0 });
    const batches = await cachedBatches(detector, tinySet());
    const kernel = (name: string) => [...detector.model.getLayer(name).getWeights()[0].dataSync()];
    const hyper = () => kernel('hyper_middle');
    const stages = () => [kernel('proposal_box'), kernel('detection_box')];
    const losses: Record<number, number[]> = { 2: [], 3: [], 4: [], 5: [] };
    const kernels: Record<number, number[][]> = { 2: [], 3: [], 4: [], 5: [] };
    const stagesAtBegin: Record<number, number[][]> = {};
    const args = {
      epochs: 6,
      optimizer: () => tf.train.adam(1e-2),
      callbacks: (step: Step) =>
        new CustomCallback({
          onTrainBegin: async () => void Object.assign(stagesAtBegin, { [step]: stages() }),
          onEpochBegin: async () => void kernels[step].push(hyper()),
          onEpochEnd: async (_: number, logs?: Logs) => {
            losses[step].push(logs?.loss as number);
            expect(Object.keys(logs ?? {})).toContain(step % 2 === 0 ? 'objectness' : 'classification');
          },
        }),
    };
    await trainSixSteps(detector, batches, args);
    for (const step of [2, 3, 4, 5]) expect(losses[step].at(-1), `step ${step}`).toBeLessThan(losses[step][0]);
    // Each step trains one stage and leaves the other; 4 and 5 begin with what 2 and 3
    // made.
    const [[proposal2, detection2], [proposal3, detection3], [proposal4, detection4], [proposal5, detection5]] = [
      2, 3, 4, 5,
    ].map((step) => stagesAtBegin[step]);
    expect(proposal3).not.toEqual(proposal2);
    expect(proposal4).toEqual(proposal3);
    expect(proposal5).not.toEqual(proposal4);
    expect(detection3).toEqual(detection2);
    expect(detection4).not.toEqual(detection3);
    expect(detection5).toEqual(detection4);
    expect(stages()[1]).not.toEqual(detection5);
    expect(kernels[3][0]).toEqual(kernels[2][0]);
    expect(kernels[4][0]).not.toEqual(kernels[3][0]);
    expect(kernels[5].at(-1)).toEqual(kernels[4][0]);
    expect(hyper()).toEqual(kernels[4][0]);
    await expectNoLeak(() => trainSixSteps(detector, batches, { epochs: 1, optimizer: () => tf.train.sgd(1e-3) }));
  });

  it('fine-tunes the trunk on images in steps 2 and 3', async () => {
    const detector = tinyDetector({ fineTune: true });
    const trunk = () => [...detector.model.getLayer('c1').getWeights()[0].dataSync()];
    const before = trunk();
    const batches = imageBatches(detector, tinySet());
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
    const batches = imageBatches(detector, tinySet());
    const optimizer = () => tf.train.sgd(1);
    await expect(trainSixSteps(detector, batches, { epochs: 0, optimizer })).rejects.toThrow('epochs: expected');
    const model = detector.featureModel;
    await expect(trainSixSteps(detector, batches, { epochs: 1, optimizer, model })).rejects.toThrow(
      "model: expected the detector's headModel or model",
    );
  });
});
