import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it } from 'vitest';
import { compressed } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'format-'));
afterAll(() => rmSync(folder, { recursive: true }));

function model() {
  return sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 10 }),
    ],
  });
}

describe('compressed', () => {
  it('saves a model to a file and loads it with the same predictions', async () => {
    const saved = model();
    const url = `file://${join(folder, 'deeper', 'model.tfz')}`;
    const result = await saved.save(compressed(url));
    expect(result).toMatchObject({ sizeBytes: expect.any(Number) });
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['model.tfz']);
    const loaded = await loadLayersModel(compressed(url));
    const input = tf.randomUniform([2, 8, 8, 1]);
    const [before, after] = [saved, loaded].map((each) => (each.predict(input) as tf.Tensor).dataSync());
    expect(after).toEqual(before);
  });
});
