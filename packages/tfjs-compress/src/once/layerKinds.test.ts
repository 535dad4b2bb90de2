import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { maskedDense, registerCompressible, strip } from '@tfjs-compress/layers';
import { findSites } from '@tfjs-compress/layers/internal';
import { codebookOf, countOnLevels, roundToPowerOfTwo } from '@tfjs-compress/math';
import { expectNoLeak, inputsFor, outputsOf, randomModel, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { compressOnce } from './compressOnce.js';
import { correlated, difference } from './testing/smallNet.js';

const { layers, sequential } = tfl;
type T = tfl.SymbolicTensor;

/**
 * The error of compressOnce as a share of that of each kernel rounded by itself, on other
 * inputs.
 */
async function shareOfError(model: tfl.LayersModel, examples: tf.Tensor[], test: tf.Tensor[]): Promise<number> {
  for (const [i, weight] of model.weights.entries()) {
    const shape = weight.shape as number[];
    const inputs = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    // Biases and statistics stay as they were made.
    if (shape.length > 1) weight.write(tf.mul(seededTensor(shape, i), inputs ** -0.5));
  }
  const wanted = outputsOf(model, test);
  const count = model.weights.length;
  const { model: small, notes } = await expectNoLeak(() => compressOnce(model, examples, { bits: 4 }), count);
  expect(notes).toEqual([]);
  const plain = strip(model);
  for (const each of [small, plain]) {
    for (const { role, variable } of findSites(each)) {
      if (role !== 'kernel') continue;
      const values = variable.read().dataSync<'float32'>();
      const book = codebookOf(values, 4);
      if (each === small) expect(countOnLevels(values, book)).toBe(values.length);
      else variable.write(tf.tensor(roundToPowerOfTwo(values, book), variable.shape as number[]));
    }
  }
  return difference(outputsOf(small, test), wanted) / difference(outputsOf(plain, test), wanted);
}

describe('compressOnce on', () => {
  it('recurrent layers', async () => {
    let sum = 0;
    for (const recurrent of [layers.lstm, layers.gru, layers.simpleRNN] as (typeof layers.lstm)[]) {
      const model = sequential({
        layers: [
          recurrent({ units: 10, returnSequences: true, inputShape: [6, 8] }),
          layers.bidirectional({ layer: recurrent({ units: 6 }) as any, mergeMode: 'concat' }),
          layers.dense({ units: 3 }),
        ],
      });
      sum += await shareOfError(model, [correlated([120, 6, 8], 1)], [correlated([120, 6, 8], 50)]);
    }
    expect(sum / 3).toBeLessThan(0.9);
  });

  it.each([false, true])('recurrent layers whose states nobody reads, with a mask: %s', async (isMasked) => {
    const input = tfl.input({ shape: [5, 6] });
    const steps = isMasked ? (layers.masking().apply(input) as T) : input;
    const [last] = layers.lstm({ units: 8, returnState: true }).apply(steps) as T[];
    const model = tfl.model({ inputs: input, outputs: layers.dense({ units: 3 }).apply(last) as T });
    expect(await shareOfError(model, [correlated([120, 5, 6], 1)], [correlated([120, 5, 6], 50)])).toBeLessThan(0.9);
  });

  it('embeddings, the rows that are looked up most before others', async () => {
    const embedding = layers.embedding({ inputDim: 12, outputDim: 4, inputLength: 6, name: 'embedding' });
    const model = sequential({ layers: [embedding, layers.flatten(), layers.dense({ units: 3 })] });
    embedding.setWeights([tf.ones([12, 4])]);
    const tokens = tf.floor(tf.mul(12, tf.square(tf.randomUniform([300, 6], 0, 1, 'float32', 3))));
    const { model: small } = await compressOnce(model, tokens, { targetSparsity: 0.5 });
    const left = small.getLayer('embedding').getWeights()[0].dataSync();
    const zeros = (from: number, to: number) => left.slice(4 * from, 4 * to).filter((value) => value === 0).length;
    expect(zeros(0, 12)).toBe(24);
    expect(zeros(0, 3)).toBe(0);
    expect(zeros(9, 12)).toBeGreaterThan(4);
  });

  it('several inputs and outputs, shared layers, nested models and wrappers', async () => {
    const [a, b] = [tfl.input({ shape: [5, 6], name: 'a' }), tfl.input({ shape: [6], name: 'b' })];
    const inner = sequential({ layers: [layers.dense({ units: 6, activation: 'relu', inputShape: [6] })] });
    const shared = layers.dense({ units: 6, activation: 'tanh', name: 'shared' });
    const steps = layers.timeDistributed({ layer: layers.dense({ units: 6 }), name: 'steps' }).apply(a) as T;
    const pooled = layers.globalAveragePooling1d().apply(steps) as T;
    const twice = shared.apply(shared.apply(inner.apply(b) as T) as T) as T;
    const joined = layers.concatenate().apply([pooled, shared.apply(pooled) as T, twice]) as T;
    const last = layers.dense({ units: 3, name: 'last' }).apply(joined) as T;
    const model = tfl.model({ inputs: [a, b], outputs: [last, twice] });
    const inputs = (seed: number) => [correlated([80, 5, 6], seed), correlated([80, 6], seed + 7)];
    expect(await shareOfError(model, inputs(1), inputs(50))).toBeLessThan(0.9);
    const [first, second] = inputs(1);
    const { model: named } = await compressOnce(model, { b: second, a: first }, { targetSparsity: 0.3 });
    expect(named.inputs.length).toBe(2);
  });

  it('outputs that other layers read', async () => {
    const x = tfl.input({ shape: [6] });
    const first = layers.dense({ units: 6, activation: 'relu' }).apply(x) as T;
    const second = layers.dense({ units: 6, activation: 'relu' }).apply(first) as T;
    const last = layers.dense({ units: 3 }).apply(second) as T;
    const model = tfl.model({ inputs: x, outputs: [first, second, last] });
    expect(await shareOfError(model, [correlated([80, 6], 1)], [correlated([80, 6], 2)])).toBeLessThan(1);
  });

  it('separable, transposed, one- and three-dimensional convolutions, channels first', async () => {
    const flat = () => [layers.flatten(), layers.dense({ units: 3 })];
    const first = { inputShape: [6, 6, 3] };
    const nets = [
      [layers.separableConv2d({ filters: 8, kernelSize: 3, ...first }), layers.batchNormalization(), ...flat()],
      [layers.conv2dTranspose({ filters: 6, kernelSize: 2, strides: 2, ...first }), ...flat()],
      [layers.conv1d({ filters: 8, kernelSize: 3, padding: 'same', inputShape: [9, 4] }), ...flat()],
      [layers.conv3d({ filters: 6, kernelSize: 2, inputShape: [4, 4, 4, 2] }), ...flat()],
      [
        layers.conv2d({ filters: 6, kernelSize: 3, dataFormat: 'channelsFirst', inputShape: [3, 6, 7] }),
        layers.batchNormalization({ axis: 1 }),
        ...flat(),
      ],
    ];
    for (const each of nets) {
      const model = sequential({ layers: each });
      const shape = model.inputs[0].shape.slice(1) as number[];
      const [examples, test] = [correlated([100, ...shape], 1), correlated([40, ...shape], 70)];
      expect(await shareOfError(model, [examples], [test])).toBeLessThan(0.9);
    }
  });

  it('layers of ours, which become stock ones', async () => {
    const model = sequential({ layers: [maskedDense({ units: 4, inputShape: [6] }), layers.dense({ units: 2 })] });
    const { model: small } = await compressOnce(model, correlated([30, 6], 2), { bits: 5 });
    expect(small.layers.map((layer) => layer.getClassName())).toEqual(['Dense', 'Dense']);
  });

  it('a layer of the user, whose kernel is rounded by itself', async () => {
    class Own extends tfl.layers.Layer {
      static className = 'OnceOwn';
      kernel!: tfl.LayerVariable;
      override build(): void {
        this.kernel = this.addWeight('kernel', [3, 3], 'float32', tfl.initializers.glorotNormal({ seed: 1 }));
        this.built = true;
      }
      override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.tidy(() => tf.matMul([x].flat()[0] as tf.Tensor2D, this.kernel.read() as tf.Tensor2D));
      }
    }
    tf.serialization.registerClass(Own);
    registerCompressible(Own as any, ['kernel']);
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), new Own({ name: 'own' })] });
    const { model: small, notes } = await compressOnce(model, correlated([9, 3], 2), { bits: 5 });
    expect(notes).toEqual([
      'own/kernel: what this kernel is multiplied with is not known; it was compressed by itself.',
    ]);
    const values = small.layers[1].getWeights()[0].dataSync<'float32'>();
    expect(countOnLevels(values, codebookOf(values, 5))).toBe(9);
  });

  it('random models: nothing is left, and at 8 bits outputs are nearly the same', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const model = randomModel(seed);
      const [examples, test] = [inputsFor(model, 20, 3), inputsFor(model, 10, 5)];
      const wanted = outputsOf(model, test);
      const options = { bits: 8, levels: 'uniform', batchSize: 8 } as const;
      const { model: small } = await expectNoLeak(() => compressOnce(model, examples, options), model.weights.length);
      expect(difference(outputsOf(small, test), wanted), `seed ${seed}`).toBeLessThan(0.05 * difference(wanted) + 1e-3);
    }
  });
});
