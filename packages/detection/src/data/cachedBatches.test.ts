import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expectNoLeak } from '@tfjs-compress/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import type { TrainingBatches } from './batches.js';
import { cachedBatches } from './cachedBatches.js';
import { cachedBytes } from './cachedBytes.js';
import { fileStore } from './fileStore.js';

const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-levels-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every value of two epochs. */
async function valuesOf(batches: TrainingBatches): Promise<number[]> {
  const all: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    const iterator = await batches.iterator();
    for (let { done, value } = await iterator.next(); !done; { done, value } = await iterator.next()) {
      for (const tensor of Object.values(value.xs as tf.NamedTensorMap)) all.push(...tensor.dataSync());
      tf.dispose(value);
    }
  }
  return all;
}

describe('cachedBatches with levels in files', () => {
  it('gives what it gives from memory, in so many bytes, and a second time without running the trunk', async () => {
    const detector = tinyDetector();
    const set = tinySet();
    const flips = ['horizontal', 'both'] as const;
    const expected = await valuesOf(await cachedBatches(detector, set, { flips }));
    const store = fileStore(join(folder, 'levels'));
    const first = await expectNoLeak(() => cachedBatches(detector, set, { flips, store }));
    expect(await expectNoLeak(() => valuesOf(first))).toEqual(expected);
    const files = readdirSync(join(folder, 'levels'));
    expect(files.length).toBe(3 * set.images.length);
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, 'levels', file)).size, 0);
    expect(bytes).toBe(cachedBytes(detector, set, 3));

    const trunk = vi.spyOn(detector.featureModel, 'predict');
    expect(await valuesOf(await cachedBatches(detector, set, { flips, store }))).toEqual(expected);
    expect(trunk).not.toHaveBeenCalled();
    detector.dispose();
  });

  it('refuses a store that is none, files of another size, and copies that are no number', async () => {
    const detector = tinyDetector();
    await expect(cachedBatches(detector, tinySet(), { store: {} as never })).rejects.toThrow(
      'store: expected what fileStore() gives',
    );
    const store = fileStore(join(folder, 'cut'));
    await cachedBatches(detector, tinySet(), { store });
    truncateSync(join(folder, 'cut', '0-plain.f32'), 40);
    await expect(cachedBatches(detector, tinySet(), { store })).rejects.toThrow(/store: expected \d+ values of image/);
    truncateSync(join(folder, 'cut', '0-plain.f32'), 39);
    await expect(cachedBatches(detector, tinySet(), { store })).rejects.toThrow(/f32, received '?39 bytes/);
    expect(() => fileStore('')).toThrow("folder: expected the path of a folder, received ''.");
    expect(() => cachedBytes(detector, tinySet(), 0)).toThrow('copies: expected an integer ≥ 1, received 0.');
    detector.dispose();
  });
});
