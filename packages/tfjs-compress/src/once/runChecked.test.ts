import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findSites } from '@tfjs-compress/layers/internal';
import { expectNoLeak, outputsOf, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { type CompressedOnce, compressOnce } from './compressOnce.js';
import { plainly } from './plainly.js';
import type { Goal } from './runOnce.js';
import { correlated, difference, kernelsOf } from './testing/smallNet.js';

const { layers, sequential } = tfl;

/** One layer of few weights, for which there is next to nothing to gain. */
function smallest(seed: number): tfl.LayersModel {
  const kernelInitializer = tfl.initializers.glorotNormal({ seed });
  return sequential({
    layers: [layers.dense({ units: 4, inputShape: [8], activation: 'softmax', kernelInitializer })],
  });
}

function rounded(model: tfl.LayersModel, goal: Goal): tfl.LayersModel {
  return plainly(model, goal, (sites) =>
    sites.filter(({ role }) => role === 'kernel').map((site) => ({ site, options: {} })),
  );
}

const isPlain = ({ notes }: CompressedOnce) => notes.some((note) => note.includes('rounded or pruned by itself'));

describe('compressOnce with few examples', () => {
  it('is not much farther than plain rounding on other inputs, and is that where it says so', async () => {
    const goal = { levels: 'powerOfTwo', bits: 4 } as const;
    const shares: number[] = [];
    let plainOnes = 0;
    for (let seed = 1; seed <= 24; seed++) {
      const model = smallest(seed);
      const [examples, test] = [seededTensor([30, 8], seed), seededTensor([500, 8], 500 + seed)];
      const result = await compressOnce(model, examples, { bits: 4 });
      const plain = rounded(model, goal);
      if (isPlain(result)) {
        plainOnes++;
        expect(kernelsOf(result.model).map(({ values }) => values)).toEqual(
          kernelsOf(plain).map(({ values }) => values),
        );
      }
      const wanted = outputsOf(model, [test]);
      shares.push(difference(outputsOf(result.model, [test]), wanted) / difference(outputsOf(plain, [test]), wanted));
    }
    expect(plainOnes).toBeGreaterThan(2);
    expect(plainOnes).toBeLessThan(18);
    expect(Math.max(...shares)).toBeLessThan(1.15);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThan(1);
  });

  it('keeps what it gains where the inputs vary together', async () => {
    for (let seed = 1; seed <= 6; seed++)
      expect(isPlain(await compressOnce(smallest(seed), correlated([40, 8], seed), { bits: 4 }))).toBe(false);
  });

  it('keeps what many examples tell: nothing is judged then', async () => {
    for (let seed = 1; seed <= 6; seed++)
      expect(isPlain(await compressOnce(smallest(seed), seededTensor([100, 8], seed), { bits: 4 }))).toBe(false);
  });

  it('judges stateful models of a fixed batch size by whole batches, and leaves nothing behind', async () => {
    const model = sequential({
      layers: [layers.lstm({ units: 4, stateful: true, batchInputShape: [2, 3, 5] }), layers.dense({ units: 2 })],
    });
    const examples = seededTensor([6, 3, 5], 1);
    // The result has states as well, which are 0.
    const count = model.weights.length + 2;
    for (const options of [{ bits: 4 }, { bits: 8, levels: 'uniform' }, { targetSparsity: 0.5 }] as const) {
      const { model: small } = await expectNoLeak(() => compressOnce(model, examples, options), count);
      const { states } = small.layers[0] as unknown as { states: tf.Tensor[] };
      for (const state of states) expect([...state.dataSync()]).toEqual(new Array(8).fill(0));
    }
  });

  it('leaves nothing behind where it is stopped between the halves', async () => {
    const [model, examples] = [smallest(1), seededTensor([40, 8], 1)];
    for (const at of [0.2, 0.45, 0.8]) {
      const controller = new AbortController();
      const onProgress = (done: number) => void (done >= at && controller.abort(new Error('enough')));
      const run = () =>
        compressOnce(model, examples, {
          bits: 4,
          batchSize: 2,
          signal: controller.signal,
          onProgress,
        });
      await expectNoLeak(() => expect(run()).rejects.toThrow('enough'));
    }
  });
});

describe('plainly', () => {
  it('rounds and prunes each kernel by itself, and nothing else', () => {
    const model = sequential({ layers: [layers.dense({ units: 5, inputShape: [6] })] });
    const [kernel, bias] = findSites(model).map(({ variable }) => variable);
    kernel.write(
      tf.tensor(
        [...Array(30).keys()].map((i) => (i - 12) / 10),
        [6, 5],
      ),
    );
    bias.write(tf.fill([5], 0.3));
    const valuesOf = (goal: Goal) =>
      rounded(model, goal)
        .layers[0].getWeights()
        .map((each) => [...each.dataSync()]);
    const [pruned, sameBias] = valuesOf({ sparsity: 0.5 });
    expect(pruned.filter((value) => value === 0).length).toBe(15);
    expect(Math.min(...pruned.filter((value) => value !== 0).map(Math.abs))).toBeCloseTo(0.8);
    expect(sameBias).toEqual([...bias.read().dataSync()]);
    const [even] = valuesOf({ levels: 'uniform', bits: 3 });
    expect(new Set(even.map((value) => Math.round((value * 3) / 1.7)))).toEqual(new Set([-2, -1, 0, 1, 2, 3]));
    const [powers] = valuesOf({ levels: 'powerOfTwo', bits: 5 });
    for (const value of powers) expect(value === 0 || Number.isInteger(Math.log2(Math.abs(value)))).toBe(true);
  });
});
