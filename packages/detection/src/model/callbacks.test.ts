import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { callbacks } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';

const backend = process.env.TFJS_BACKEND ?? 'cpu';

describe('tfjs’s own callbacks on a detector', () => {
  it('earlyStopping ends a training that gets no better', async () => {
    const detector = tinyDetector();
    detector.compile(tf.train.sgd(0), detector.headModel);
    const batches = await cachedBatches(detector, tinySet());
    const stop = callbacks.earlyStopping({ monitor: 'loss', minDelta: 1e3, patience: 1 });
    const { epoch } = await detector.headModel.fitDataset(batches, { epochs: 5, verbose: 0, callbacks: stop });
    expect(epoch).toEqual([0, 1]);
  });

  it('validation losses are there, too', async () => {
    const detector = tinyDetector();
    detector.compile(tf.train.sgd(1e-3), detector.headModel);
    const batches = await cachedBatches(detector, tinySet());
    const config = { epochs: 1, verbose: 0, validationData: batches } as const;
    const { history } = await detector.headModel.fitDataset(batches, config);
    for (const name of ['loss', 'objectness', 'proposalBox', 'classification', 'detectionBox'])
      expect(history[`val_${name}`][0], name).toBeGreaterThan(0);
  });

  it.skipIf(!backend.startsWith('tensorflow'))('TensorBoard gets the four losses', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-tensorboard-'));
    try {
      const { node } = createRequire(import.meta.url)(`@tensorflow/tfjs-${backend.replace('tensorflow', 'node')}`);
      const detector = tinyDetector();
      detector.compile(tf.train.sgd(1e-3), detector.headModel);
      const batches = await cachedBatches(detector, tinySet());
      await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0, callbacks: node.tensorBoard(folder) });
      const [events] = readdirSync(join(folder, 'train'));
      const written = readFileSync(join(folder, 'train', events), 'latin1');
      for (const name of ['objectness', 'proposalBox', 'classification', 'detectionBox'])
        expect(written).toContain(`epoch_${name}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
