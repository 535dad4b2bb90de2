import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadModel as loadDense } from './dense.js';
import type { GraphArtifacts } from './graph/readGraph.js';
import { loadModel } from './index.js';

/** Models whose topologies are changed. */
const models: Record<string, () => LayersModel> = {
  images: () =>
    sequential({
      layers: [
        layers.zeroPadding2d({ inputShape: [12, 12, 2], padding: 1 }),
        layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
        layers.batchNormalization({ axis: 3 }),
        layers.depthwiseConv2d({ kernelSize: 3, strides: 1 }),
        layers.upSampling2d({ size: [2, 2] }),
        layers.separableConv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }),
        layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
        layers.cropping2D({ cropping: 1 }),
        layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
        layers.layerNormalization({ axis: [1, 3] }),
        layers.leakyReLU({ alpha: 0.1 }),
        layers.flatten(),
        layers.dense({ units: 4 }),
        layers.softmax({ axis: 1 }),
      ],
    }),
  sequences: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 20, outputDim: 4, inputLength: 6 }),
        layers.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2, padding: 'same' }),
        layers.lstm({ units: 3, returnSequences: true }),
        layers.maxPooling1d({ poolSize: 2 }),
        layers.permute({ dims: [2, 1] }),
        layers.reshape({ targetShape: [9] }),
        layers.repeatVector({ n: 2 }),
        layers.gru({ units: 2 }),
      ],
    }),
  volumes: () => {
    const x = input({ shape: [5, 4, 4, 1] });
    const conv = layers.conv3d({ filters: 2, kernelSize: 2 }).apply(x) as SymbolicTensor;
    const pool = layers.maxPooling3d({ poolSize: 2, strides: 1 }).apply(conv) as SymbolicTensor;
    const up = layers.conv3dTranspose({ filters: 2, kernelSize: 2 }).apply(pool) as SymbolicTensor;
    return model({ inputs: x, outputs: layers.concatenate({ axis: 4 }).apply([conv, up]) as SymbolicTensor });
  },
};

/** For the entry of dense nets. */
const dense = (): LayersModel =>
  sequential({
    layers: [
      layers.flatten({ inputShape: [3, 2] }),
      layers.batchNormalization({ epsilon: 0.1 }),
      layers.dense({ units: 4, activation: 'relu' }),
      layers.leakyReLU({ alpha: 0.1 }),
      layers.dense({ units: 3, useBias: false }),
      layers.softmax({ axis: -1 }),
    ],
  });

const values = [
  ...[2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 53, 1e300, 1e9, 70_000, 1000, 64, 7, 2, 1, 0, -0.5, -1, -(2 ** 31), 0.5, 1.5],
  ...[Number.NaN, Number.POSITIVE_INFINITY, null, true, '3', 'same', 'valid', 'causal', 'channelsFirst', '__proto__'],
  ...[
    [],
    [1],
    [2 ** 31, 1],
    [-1, -1],
    [[1]],
    [null, 3],
    {},
    { className: 'relu' },
    { className: 'Softmax', config: { axis: 9 } },
  ],
];

/** Paths to all values in the configs of a topology. */
function placesIn(json: any, isConfig = false): [owner: any, key: string][] {
  if (json === null || typeof json !== 'object') return [];
  return Object.keys(json).flatMap((key) => [
    ...(isConfig ? [[json, key] as [any, string]] : []),
    ...placesIn(json[key], isConfig || key === 'config'),
  ]);
}

describe('a topology with changed settings', () => {
  const all = Object.entries(models).map(([name, make]) => [name, make, loadModel] as const);
  for (const [name, make, load] of [...all, ['dense', dense, loadDense] as const]) {
    it(`is refused by an Error or runs: ${name}`, async () => {
      const artifacts = (await artifactsOf(make())) as GraphArtifacts;
      let refused = 0;
      let ran = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }), async (changes) => {
          const modelTopology = structuredClone(artifacts.modelTopology);
          for (const [place, value] of changes) {
            const places = placesIn(modelTopology);
            const [owner, key] = places[place % places.length];
            owner[key] = structuredClone(values[value % values.length]);
          }
          const started = performance.now();
          try {
            const runtime = await load({ ...artifacts, modelTopology }, { maxBytes: 2 ** 24 });
            const shape = runtime.inputs[0].shape.map((size) => size ?? 2);
            const size = shape.reduce((product, one) => product * one, 1);
            const x = new Float32Array(size).fill(1);
            const result = runtime.predict<any>(x, shape);
            for (const output of result.length === undefined ? Object.values<Float32Array>(result) : [result]) {
              expect(output.length).toBeGreaterThan(0);
            }
            runtime.dispose();
            ran++;
          } catch (error) {
            refused++;
            expect(error).toBeInstanceOf(Error);
            // Traps of WebAssembly, stack overflows and mistakes of ours are none of the
            // answers.
            expect((error as Error).name).toMatch(/^(UnsupportedLayerError|Error)$/);
          }
          expect(performance.now() - started).toBeLessThan(10_000);
        }),
        { numRuns: Number(process.env.HOSTILE_RUNS ?? 200), seed: Number(process.env.HOSTILE_SEED ?? 1) },
      );
      expect(refused).toBeGreaterThan(20);
      expect(ran).toBeGreaterThan(20);
    });
  }
});
