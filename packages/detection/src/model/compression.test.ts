import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';
import { INQScheduler, SurgeryCallback } from '@tfjs-compress/callbacks';
import { compressed } from '@tfjs-compress/format';
import { compressible, strip } from '@tfjs-compress/layers';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import { MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { tinyDetector, tinyImage, tinySet } from '../tinyDetector.testing.js';
import { Detector } from './Detector.js';

const kernels = (model: LayersModel) =>
  model.weights
    .filter((each) => each.originalName.endsWith('/kernel') && !/^c\d/.test(each.originalName))
    .map((each) => each.read().dataSync() as Float32Array);
const all = { scoreThreshold: 0 };

describe('a detector', () => {
  it('is pruned and quantized by the callbacks while it trains, and kept as a .tfz', async () => {
    const detector = tinyDetector();
    const batches = await cachedBatches(detector, tinySet());
    detector.compile(tf.train.adam(1e-3), detector.headModel);
    const surgery = new SurgeryCallback({ targetSparsity: 0.5, endStep: 2, verbose: 0 });
    await detector.headModel.fitDataset(batches, { epochs: 2, verbose: 0, callbacks: surgery });
    for (const kernel of kernels(detector.model)) expect(sparsityOf(kernel)).toBeCloseTo(0.5, 1);
    const inq = new INQScheduler({ steps: [0.5, 1], verbose: 0 });
    await detector.headModel.fitDataset(batches, { epochs: 2, verbose: 0, callbacks: inq });
    for (const kernel of kernels(detector.model)) {
      expect(kernel.every(isPowerOfTwoOrZero)).toBe(true);
      expect(sparsityOf(kernel)).toBeGreaterThan(0.49);
    }
    const folder = mkdtempSync(join(tmpdir(), 'detector-'));
    const file = compressed(pathToFileURL(join(folder, 'tiny.tfz')).href);
    await detector.save(file);
    const loaded = await Detector.load(file);
    expect(await loaded.detect(tinyImage(), all)).toEqual(await detector.detect(tinyImage(), all));
    const plain = detector.model.weights.reduce((sum, each) => sum + 4 * each.shape.reduce((a, b) => a! * b!, 1)!, 0);
    expect(statSync(join(folder, 'tiny.tfz')).size).toBeLessThan(plain);
  });

  it('that stopped in the middle goes on after save and load, as it does in memory', async () => {
    const detector = tinyDetector();
    const batches = await cachedBatches(detector, tinySet());
    detector.compile(tf.train.adam(1e-3), detector.headModel);
    const inq = () => new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], whenStopped: 'keep', verbose: 0 });
    const handlers = { during: new MemoryHandler(), after: new MemoryHandler() };
    const stop = new CustomCallback({
      onEpochEnd: async (epoch) => {
        if (epoch < 1) return;
        await detector.save(handlers.during);
        detector.headModel.stopTraining = true;
      },
    });
    const first = await detector.headModel.fitDataset(batches, { epochs: 4, verbose: 0, callbacks: [inq(), stop] });
    expect(first.history.quantized.length).toBe(2);
    await detector.save(handlers.after);
    const resume = async (one: Detector) => {
      one.compile(tf.train.adam(1e-3), one.headModel);
      const data = await cachedBatches(one, tinySet());
      const { history } = await one.headModel.fitDataset(data, { epochs: 4, verbose: 0, callbacks: [inq()] });
      return (history.quantized as number[]).map((part) => part.toFixed(2));
    };
    const loaded = [await Detector.load(handlers.during), await Detector.load(handlers.after)];
    const expected = await resume(detector);
    expect(Number(expected[0])).toBeGreaterThan(0.7);
    for (const one of loaded) {
      expect(await resume(one)).toEqual(expected);
      for (const kernel of kernels(one.model)) expect(kernel.every(isPowerOfTwoOrZero)).toBe(true);
      const metadata = one.model.getUserDefinedMetadata() as { tfjsCompress?: { progress?: object } };
      expect(metadata.tfjsCompress?.progress).toBeUndefined();
    }
  });

  it('is rebuilt by compressible() and strip(), and detects the same', async () => {
    const detector = tinyDetector();
    const expected = await detector.detect(tinyImage(), all);
    const masked = detector.rebuild(compressible);
    expect(masked.model.getLayer('detection_fc1').getClassName()).toBe('MaskedDense');
    expect(await masked.detect(tinyImage(), all)).toEqual(expected);
    const batches = await cachedBatches(masked, tinySet());
    masked.compile(tf.train.adam(1e-3), masked.headModel);
    const callbacks = new SurgeryCallback({ targetSparsity: 0.5, endStep: 1, verbose: 0 });
    await masked.headModel.fitDataset(batches, { epochs: 1, verbose: 0, callbacks });
    const stripped = masked.rebuild(strip);
    for (const kernel of kernels(stripped.model)) expect(sparsityOf(kernel)).toBeCloseTo(0.5, 1);
    expect(await stripped.detect(tinyImage(), all)).toEqual(await masked.detect(tinyImage(), all));
  });
});
