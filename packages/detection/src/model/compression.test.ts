import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { INQScheduler, SurgeryCallback } from '@tfjs-compress/callbacks';
import { compressed } from '@tfjs-compress/format';
import { compressible, strip } from '@tfjs-compress/layers';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { tinyDetector, tinyPicture, tinySet } from '../tinyDetector.testing.js';
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
    expect(await loaded.detect(tinyPicture(), all)).toEqual(await detector.detect(tinyPicture(), all));
    const plain = detector.model.weights.reduce((sum, each) => sum + 4 * each.shape.reduce((a, b) => a! * b!, 1)!, 0);
    expect(statSync(join(folder, 'tiny.tfz')).size).toBeLessThan(plain);
  });

  it('is rebuilt by compressible() and strip(), and detects the same', async () => {
    const detector = tinyDetector();
    const expected = await detector.detect(tinyPicture(), all);
    const masked = detector.rebuild(compressible);
    expect(masked.model.getLayer('detection_fc1').getClassName()).toBe('MaskedDense');
    expect(await masked.detect(tinyPicture(), all)).toEqual(expected);
    const batches = await cachedBatches(masked, tinySet());
    masked.compile(tf.train.adam(1e-3), masked.headModel);
    const callbacks = new SurgeryCallback({ targetSparsity: 0.5, endStep: 1, verbose: 0 });
    await masked.headModel.fitDataset(batches, { epochs: 1, verbose: 0, callbacks });
    const stripped = masked.rebuild(strip);
    for (const kernel of kernels(stripped.model)) expect(sparsityOf(kernel)).toBeCloseTo(0.5, 1);
    expect(await stripped.detect(tinyPicture(), all)).toEqual(await masked.detect(tinyPicture(), all));
  });
});
