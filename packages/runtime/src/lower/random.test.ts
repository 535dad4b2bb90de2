import { layers } from '@tensorflow/tfjs-layers';
import { seededValues } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GraphArtifacts, readGraph } from '../graph/readGraph.js';
import { Model } from '../Model.js';
import { all } from '../program/binaries.js';
import { instantiate } from '../program/instantiate.js';
import { expectLayers } from '../testing/compare.js';
import { allLayers } from './allLayers.js';

const size = fc.integer({ min: 1, max: 13 });
const window = fc.record({
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
});

const cases = fc.record({
  rank: fc.integer({ min: 1, max: 3 }),
  sizes: fc.tuple(size, size, size),
  windows: fc.tuple(window, window, window),
  channels: fc.integer({ min: 1, max: 6 }),
  filters: fc.integer({ min: 1, max: 9 }),
  padding: fc.constantFrom('valid' as const, 'same' as const),
  isFirst: fc.boolean(),
  sparsity: fc.constantFrom(0, 0.5, 0.95, 1),
  batch: fc.constantFrom(1, 2, 5, 32),
});

/** Options of a layer for a case; undefined where tfjs refuses it or computes nothing. */
function optionsOf(c: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const sizes = c.sizes.slice(0, c.rank).map((one) => (c.rank === 3 ? Math.min(one, 6) : one));
  const kernel = c.windows.slice(0, c.rank).map((one) => one.kernel);
  let strides = c.windows.slice(0, c.rank).map((one) => one.stride);
  let dilation = c.windows.slice(0, c.rank).map((one) => one.dilation);
  // tfjs has strides or dilation, not both.
  if (dilation.some((one) => one > 1)) strides = strides.map(() => 1);
  else dilation = dilation.map(() => 1);
  const isFirst = c.isFirst && c.rank > 1;
  const isTooSmall = kernel.some((one, i) => c.padding === 'valid' && (one - 1) * dilation[i] >= sizes[i]);
  if (isTooSmall) return undefined;
  const options = {
    inputShape: isFirst ? [c.channels, ...sizes] : [...sizes, c.channels],
    strides: strides as never,
    padding: c.padding,
    ...(isFirst && { dataFormat: 'channelsFirst' as const }),
  };
  return { options, kernelSize: kernel as never, dilationRate: dilation as never };
}

const settings = { numRuns: 150, seed: 3 };

describe('random windows', () => {
  it('convolutions match tfjs', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const found = optionsOf(c);
        if (!found) return;
        const { options, ...rest } = found;
        const make = [layers.conv1d, layers.conv2d, layers.conv3d][c.rank - 1] as typeof layers.conv2d;
        const layer = make({ ...options, ...rest, filters: c.filters, activation: 'relu' });
        await expectLayers([layer], { sparsity: c.sparsity, batches: [c.rank === 3 ? Math.min(c.batch, 2) : c.batch] });
      }),
      settings,
    );
  });

  it('pooling matches tfjs', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async (c, isMax) => {
        const found = optionsOf({ ...c, windows: c.windows.map((one) => ({ ...one, dilation: 1 })) as never });
        if (!found) return;
        const makers = isMax
          ? [layers.maxPooling1d, layers.maxPooling2d, layers.maxPooling3d]
          : [layers.averagePooling1d, layers.averagePooling2d, layers.averagePooling3d];
        const make = makers[c.rank - 1] as typeof layers.maxPooling2d;
        const layer = make({ ...found.options, poolSize: found.kernelSize });
        await expectLayers([layer], { batches: [c.rank === 3 ? Math.min(c.batch, 2) : c.batch] });
      }),
      settings,
    );
  });

  it('convolutions of channels match tfjs', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 3 }), async (c, depthMultiplier) => {
        const found = optionsOf({ ...c, rank: 2, windows: c.windows.map((one) => ({ ...one, dilation: 1 })) as never });
        if (!found) return;
        const { options, kernelSize } = found;
        await expectLayers([layers.depthwiseConv2d({ ...options, kernelSize, depthMultiplier })], {
          batches: [c.batch],
        });
      }),
      settings,
    );
  });
});

describe('causal padding', () => {
  it('is that of zeros in front: tfjs itself has none', async () => {
    const [length, channels, filters] = [9, 2, 3];
    const instance = await instantiate(all);
    for (const [kernel, dilation, stride] of [
      [3, 1, 1],
      [2, 3, 1],
      [4, 1, 2],
    ]) {
      const weights = seededValues(kernel * channels * filters, 1);
      const artifacts: GraphArtifacts = {
        modelTopology: {
          class_name: 'Sequential',
          config: [
            {
              class_name: 'Conv1D',
              config: {
                ...{ name: 'conv', batch_input_shape: [null, length, channels], filters, kernel_size: [kernel] },
                ...{ padding: 'causal', dilation_rate: [dilation], strides: [stride], use_bias: false },
              },
            },
          ],
        },
        weightSpecs: [{ name: 'conv/kernel', shape: [kernel, channels, filters], dtype: 'float32' }],
        weightData: weights.buffer as ArrayBuffer,
      };
      const runtime = new Model({ graph: readGraph(artifacts), lowerings: allLayers, instance });
      const x = seededValues(length * channels, 2);
      const y = runtime.predict(x);
      const out = Math.ceil(length / stride);
      expect(y.length).toBe(out * filters);
      for (let i = 0; i < out; i++) {
        for (let f = 0; f < filters; f++) {
          let sum = 0;
          for (let k = 0; k < kernel; k++) {
            const at = i * stride - (kernel - 1 - k) * dilation;
            for (let c = 0; c < channels; c++) {
              if (at >= 0) sum += x[at * channels + c] * weights[(k * channels + c) * filters + f];
            }
          }
          expect(y[i * filters + f]).toBeCloseTo(sum, 4);
        }
      }
    }
  });
});
