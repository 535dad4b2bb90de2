import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedLayerError } from '../graph/UnsupportedLayerError.js';
import { optimize } from '../passes/optimize.js';
import { randomize } from '../testing/compare.js';
import { predictionOf, runtimeFrom } from '../testing/expectEqual.js';

const { layers } = tfl;
type Make = (n: number, flag: boolean) => any;
const features = 3;
const steps = 4;

/**
 * Layers that take [batch, steps, features] and give it; some give up on steps with
 * `flag`.
 */
const links: Record<string, Make> = {
  masking: () => layers.masking(),
  dropout: () => layers.dropout({ rate: 0.5 }),
  dense: (units) => layers.dense({ units, activation: 'relu' }),
  batchNormalization: () => layers.batchNormalization(),
  leakyReLU: () => layers.leakyReLU(),
  conv1d: (filters) => layers.conv1d({ filters, kernelSize: 2, padding: 'same' }),
  timeDistributed: (units) => layers.timeDistributed({ layer: layers.dense({ units }) }),
  lstm: (units, goBackwards) => layers.lstm({ units, goBackwards, returnSequences: true }),
  gru: (units, goBackwards) => layers.gru({ units, goBackwards, returnSequences: true }),
  simpleRNN: (units, goBackwards) => layers.simpleRNN({ units, goBackwards, returnSequences: true }),
  bidirectional: (units, isSum) =>
    layers.bidirectional({
      layer: layers.gru({ units, returnSequences: true }) as any,
      mergeMode: isSum ? 'sum' : 'concat',
    }),
  lastState: (units, isLong) => [layers.lstm({ units }), layers.repeatVector({ n: isLong ? steps : steps - 1 })],
  nested: (units, isMasked) =>
    tfl.sequential({
      layers: [
        isMasked
          ? layers.masking({ inputShape: [null, units] as any })
          : layers.dense({ units, inputShape: [null, units] as any }),
        layers.lstm({ units, returnSequences: true }),
      ],
    }),
};

describe('layers over steps', () => {
  it('give in any order what tfjs gives, or are refused', async () => {
    let compared = 0;
    const link = fc.tuple(fc.constantFrom(...Object.keys(links)), fc.integer({ min: 1, max: 4 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(link, { minLength: 1, maxLength: 6 }), fc.constantFrom(1, 3), async (chain, batch) => {
        const model = tfl.sequential();
        model.add(layers.inputLayer({ inputShape: [steps, features] }));
        let units = features;
        for (const [name, n, flag] of chain) {
          for (const layer of [links[name](name === 'nested' ? units : n, flag)].flat()) model.add(layer);
          units = (model.outputs[0].shape as number[])[2];
        }
        randomize(model, chain.length);
        const x = tf.tidy(() =>
          tf.mul(
            seededTensor([batch, steps, features], batch),
            tf.cast(tf.greater(seededTensor([batch, steps, 1], 9), -0.5), 'float32'),
          ),
        );
        const expected = attempt(() => (model.predictOnBatch(x) as tf.Tensor).dataSync());
        const artifacts = (await artifactsOf(model)) as any;
        for (const prepare of [optimize, undefined]) {
          const runtime = attempt(() => runtimeFrom(artifacts, prepare));
          if (expected instanceof Error || runtime instanceof Error) {
            expect(runtime instanceof UnsupportedLayerError || expected instanceof Error).toBe(true);
            continue;
          }
          expect(relativeError(predictionOf(runtime, [x])[0], expected)).toBeLessThanOrEqual(1e-5);
          compared++;
        }
      }),
      { numRuns: 120 },
    );
    // Refusals are the exception.
    expect(compared).toBeGreaterThan(120);
  });
});

describe('a changed file', () => {
  const values = [
    0,
    -1,
    2,
    3,
    1e9,
    1.5,
    null,
    'x',
    'softmax',
    true,
    false,
    [],
    [2, 2],
    {},
    'LSTM',
    'GRUCell',
    'channelsFirst',
  ];

  it('is run, or refused with an error that says why', async () => {
    const models = [
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }),
          layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }) as any, mergeMode: 'concat' }),
          layers.rnn({
            cell: [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 3 })] as any,
            returnSequences: true,
          }),
          layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
        ],
      }),
      tfl.sequential({ layers: [layers.convLstm2d({ filters: 2, kernelSize: 2, inputShape: [3, 4, 4, 2] }) as any] }),
    ];
    const files = await Promise.all(models.map((model) => artifactsOf(model) as Promise<any>));
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.constantFrom<any>(...values),
        fc.boolean(),
        (file, at, value, inWeights) => {
          const changed = structuredClone({ modelTopology: file.modelTopology, weightSpecs: file.weightSpecs });
          const places = placesIn(inWeights ? changed.weightSpecs : changed.modelTopology);
          const [holder, key] = places[at % places.length];
          holder[key] = value;
          const error = attempt(() => {
            const runtime = runtimeFrom({ ...changed, weightData: file.weightData });
            const named = runtime.inputs.map(({ name, shape }) => {
              const size = shape.map((one, i) => one ?? (i ? 4 : 2));
              return [name, { data: new Float32Array(size.reduce((p, q) => p * q, 1)), shape: size }] as const;
            });
            runtime.predict<any>(Object.fromEntries(named));
          });
          // Not a TypeError, RangeError or WebAssembly.RuntimeError.
          if (error) expect(['Error', 'UnsupportedLayerError']).toContain((error as Error).constructor.name);
        },
      ),
      { numRuns: 600 },
    );
  });
});

/** Everything in a JSON that can be changed: what holds it, and under which key. */
function placesIn(json: any): [holder: any, key: string][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.keys(json).flatMap((key) => [[json, key] as [any, string], ...placesIn(json[key])]);
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
