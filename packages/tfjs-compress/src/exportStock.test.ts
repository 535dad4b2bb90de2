import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { exportStock } from '@tfjs-compress/format';
import { joinBuffers, storedWeights, stripArtifacts, withWeights } from '@tfjs-compress/format/internal';
import { maskedConv2d, powerOfTwoDense } from '@tfjs-compress/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'strip-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Masks half of each kernel, which keeps its values under the mask. */
function maskHalf(model: LayersModel): void {
  for (const weight of model.weights.filter(({ name }) => name.includes('_state'))) {
    const size = tf.util.sizeFromShape(weight.shape as number[]);
    weight.write(
      tf.tensor(
        Float32Array.from({ length: size }, (_, i) => i % 2),
        weight.shape as number[],
      ),
    );
  }
}

describe('exportStock', () => {
  let model: LayersModel;
  beforeAll(() => {
    const inner = sequential({
      layers: [maskedConv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1], targetSparsity: 0.5, name: 'conv' })],
    });
    const dense = powerOfTwoDense({ units: 2, bits: 4, perChannel: true, name: 'dense' });
    model = sequential({ layers: [inner, layers.flatten(), dense] });
    maskHalf(model);
  });

  it('writes a model of built-in layers with the effective weights, which predicts the same', async () => {
    await exportStock(model, folder);
    const json = readFileSync(join(folder, 'model.json'), 'utf8');
    expect(json).not.toMatch(/Masked|PowerOfTwo|_state|target_sparsity|per_channel/);
    const { modelTopology, weightsManifest } = JSON.parse(json);
    const weightData = Uint8Array.from(readFileSync(join(folder, 'weights.bin'))).buffer;
    const specs = weightsManifest[0].weights;
    expect(specs.map(({ name }: { name: string }) => name)).toEqual([
      'conv/kernel',
      'conv/bias',
      'dense/kernel',
      'dense/bias',
    ]);
    expect([...new Float32Array(weightData, 0, 4)].map((value) => value === 0)).toEqual([true, false, true, false]);
    const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
    const stock = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: specs, weightData }) });
    const x = tf.randomNormal([2, 3, 3, 1], 0, 1, 'float32', 1);
    const [a, b] = [model, stock].map((each) => [...(each.predict(x) as tf.Tensor).dataSync()]);
    expect(b).toEqual(a);
  });

  it('refuses to round what is not finite to uint8: tfjs would load zeros', async () => {
    const artifacts = {
      modelTopology: {},
      weightSpecs: [{ name: 'a/kernel', shape: [1, 2], dtype: 'float32' as const }],
      weightData: Float32Array.of(1, Number.NaN).buffer,
    };
    await expect(exportStock(artifacts, folder, { quantize: 'uint8' })).rejects.toThrow("weight 'a/kernel'");
  });
});

it('stripArtifacts leaves a stock model as it is', () => {
  const artifacts = { modelTopology: { class_name: 'Dense', config: { name: 'a', bits: 3 } }, weightSpecs: [] };
  expect(stripArtifacts(artifacts)).toBe(artifacts);
});

it('weights are taken apart and put together again: typed arrays, several buffers, strings', () => {
  const text = Uint8Array.of(1, 0, 0, 0, 65, 2, 0, 0, 0, 66, 67);
  const artifacts = {
    weightSpecs: [
      { name: 's', shape: [2], dtype: 'string' as const },
      { name: 'a', shape: [2], dtype: 'float32' as const },
    ],
    weightData: [text.buffer, Float32Array.of(1, 2) as unknown as ArrayBuffer],
  };
  const weights = storedWeights(artifacts);
  expect(weights.map(({ bytes }) => bytes.length)).toEqual([11, 8]);
  const again = withWeights(artifacts, weights);
  expect(joinBuffers(again.weightData)).toEqual(joinBuffers(artifacts.weightData));
  expect([...new Float32Array(joinBuffers(again.weightData).slice(11).buffer)]).toEqual([1, 2]);
});
