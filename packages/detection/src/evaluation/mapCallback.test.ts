import * as tf from '@tensorflow/tfjs-core';
import { BestWeights, INQScheduler } from '@tfjs-compress/callbacks';
import { isPowerOfTwoOrZero } from '@tfjs-compress/math';
import { describe, expect, it, vi } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import { detectAll } from './detectAll.js';
import { evaluateVoc } from './evaluateVoc.js';
import { mapCallback } from './mapCallback.js';

const set = tinySet();
const mapOf = async (detector: ReturnType<typeof tinyDetector>) =>
  evaluateVoc(
    (await detectAll(detector, set)).detections,
    set.images.map(({ objects }) => objects),
  ).map;

describe('mapCallback', () => {
  it('writes val_mAP of the model as it is then, after every so many epochs and the last', async () => {
    const detector = tinyDetector({ dropout: 0 });
    detector.compile(tf.train.adam(1e-2), detector.headModel);
    const batches = await cachedBatches(detector, set);
    const callbacks = [mapCallback(detector, { set, every: 2 })];
    const { history } = await detector.headModel.fitDataset(batches, { epochs: 5, verbose: 0, callbacks });
    const figures = history.val_mAP as number[];
    expect(figures.map(Number.isNaN)).toEqual([true, false, true, false, false]);
    expect(figures[4]).toBe(await mapOf(detector));
  });

  it('lets BestWeights keep the best quantized weights, in whatever order they are given', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const detector = tinyDetector({ dropout: 0 });
    detector.compile(tf.train.adam(1e-2), detector.headModel);
    const batches = await cachedBatches(detector, set);
    const callbacks = [
      new BestWeights({ monitor: 'val_mAP', mode: 'max', verbose: 0 }),
      mapCallback(detector, { set, scoreThreshold: 0.01 }),
      new INQScheduler({ steps: [0.5, 1], epochsPerStep: 1, verbose: 0 }),
    ];
    const { history } = await detector.headModel.fitDataset(batches, { epochs: 5, verbose: 0, callbacks });
    log.mockRestore();
    const finished = (history.val_mAP as number[]).filter((_, epoch) => (history.quantized as number[])[epoch] === 1);
    expect(finished.length).toBeGreaterThan(1);
    const kernels = detector.headModel.weights.filter(({ shape }) => shape.length > 1);
    for (const kernel of kernels) expect(kernel.read().dataSync().every(isPowerOfTwoOrZero)).toBe(true);
    const detections = (await detectAll(detector, set, { scoreThreshold: 0.01 })).detections;
    const truth = set.images.map(({ objects }) => objects);
    expect(evaluateVoc(detections, truth).map).toBeCloseTo(Math.max(...finished), 9);
  });

  it('names options and sets that are none', () => {
    const detector = tinyDetector();
    expect(() => mapCallback(detector, { set, evry: 2 } as never)).toThrow("Did you mean 'every'?");
    expect(() => mapCallback(detector, { set, every: 0 })).toThrow('every: expected an integer ≥ 1, received 0.');
    expect(() => mapCallback(detector, {} as never)).toThrow('set: expected { classes, images }');
    const circles = { ...set, classes: ['circle'] };
    expect(() => mapCallback(detector, { set: circles })).toThrow(
      "classes of the images: expected among the detector's",
    );
  });
});
