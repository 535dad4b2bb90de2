import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { outputsOf } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { compressOnce } from './compressOnce.js';
import { shortfallOf, summandsBeside } from './shortfall.js';
import { correlated, difference } from './testing/smallNet.js';
import { traceGraph } from './traceGraph.js';

const { layers } = tfl;
type T = tfl.SymbolicTensor;

const conv = (name: string, seed: number, filters = 6, more: object = {}) =>
  layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    useBias: false,
    name,
    kernelInitializer: tfl.initializers.glorotNormal({ seed }),
    ...more,
  });

/**
 * A stem and blocks of two convolutions, whose output is added to what they were given.
 */
function residualNet(blocks: number, isNormalized: boolean): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 6, 3] });
  const normalized = (x: T) => (isNormalized ? (layers.batchNormalization().apply(x) as T) : x);
  let x = normalized(conv('stem', 1).apply(input) as T);
  for (let b = 0; b < blocks; b++) {
    const inner = normalized(conv(`a${b}`, 10 + b, 12).apply(x) as T);
    const active = layers.reLU().apply(inner) as T;
    const outer = normalized(conv(`b${b}`, 20 + b, 6, isNormalized ? {} : { useBias: true }).apply(active) as T);
    x = layers.add({ name: `add${b}` }).apply([outer, x]) as T;
  }
  return tfl.model({ inputs: input, outputs: x });
}

function besideOf(model: tfl.LayersModel, name: string): number[] {
  const trace = traceGraph(model);
  return summandsBeside(
    trace,
    trace.steps.findIndex(({ layer }) => layer.name === name),
  );
}

describe('summandsBeside', () => {
  it.each([true, false])('finds what a block is added to, with normalization: %s', (isNormalized) => {
    const model = residualNet(2, isNormalized);
    const { steps } = traceGraph(model);
    const sum = steps.find(({ layer }) => layer.name === 'add1')!;
    expect(besideOf(model, 'b1')).toEqual([sum.inputs[1]]);
    expect(besideOf(model, 'a1')).toEqual([]);
    expect(besideOf(model, 'stem')).toEqual([]);
  });

  it('takes no layer with an activation, none that others read, and no sum of a value and itself', () => {
    const input = tfl.input({ shape: [4] });
    const dense = (name: string, more: object = {}) => layers.dense({ units: 4, name, ...more }).apply(input) as T;
    const [active, twice, read, plain] = [
      dense('active', { activation: 'relu' }),
      dense('twice'),
      dense('read'),
      dense('plain'),
    ];
    const sums = [
      layers.add().apply([active, input]),
      layers.add().apply([twice, twice]),
      layers.add().apply([read, input]),
      layers.add().apply([plain, input]),
    ] as T[];
    const model = tfl.model({ inputs: input, outputs: [...sums, read] });
    expect(['active', 'twice', 'read', 'plain'].map((name) => besideOf(model, name).length)).toEqual([0, 0, 0, 1]);
  });
});

describe('shortfallOf', () => {
  it('sums up what is known of all summands, of the shape of the sum', () => {
    const values = new Map(
      [1, 2].map((value) => [value, { before: tf.fill([2, 3], 3 * value), now: tf.fill([2, 3], value) }]),
    );
    const inputs = { before: [], now: [], other: (value: number) => values.get(value) };
    expect([...shortfallOf([1, 2], inputs, [null, 3])!.dataSync()]).toEqual(new Array(6).fill(6));
    expect(shortfallOf([1, 5], inputs, [null, 3])).toBeUndefined();
    expect(shortfallOf([], inputs, [null, 3])).toBeUndefined();
    expect(shortfallOf([1], inputs, [null, 4])).toBeUndefined();
    expect(shortfallOf([1], inputs, [null, 1, 3])).toBeUndefined();
  });
});

describe('the last summand', () => {
  it.each([true, false])('makes up for what the first one lacks, with normalization: %s', async (isNormalized) => {
    let [sumError, firstError] = [0, 0];
    for (let seed = 1; seed <= 4; seed++) {
      const input = tfl.input({ shape: [16] });
      const [first, last] = [1, 2].map((i) => {
        const kernelInitializer = tfl.initializers.glorotNormal({ seed: 10 * seed + i });
        const x = layers.dense({ units: 8, useBias: !isNormalized, kernelInitializer }).apply(input) as T;
        return isNormalized ? (layers.batchNormalization().apply(x) as T) : x;
      });
      const model = tfl.model({ inputs: input, outputs: [layers.add().apply([first, last]) as T, first] });
      const [examples, test] = [correlated([300, 16], seed), correlated([100, 16], 90 + seed)];
      const wanted = outputsOf(model, [test]);
      const { model: small } = await compressOnce(model, examples, { bits: 3 });
      const now = outputsOf(small, [test]);
      sumError += difference([now[0]], [wanted[0]]);
      firstError += difference([now[1]], [wanted[1]]);
    }
    // By themselves, both would err by the same, their sum by the root of 2 times that.
    expect(sumError / firstError).toBeLessThan(1.15);
  });
});
