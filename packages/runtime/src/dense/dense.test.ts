import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { relativeError, seededTensor, seededValues } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../dense.js';
import { randomize } from '../testing/compare.js';

/** Compares the entry for dense nets with tfjs. */
async function check(list: layers.Layer[], sparsity: number, limit = 1e-5): Promise<void> {
  const net = sequential({ layers: list });
  randomize(net, 1, sparsity);
  const runtime = await loadModel((await artifactsOf(net)) as never);
  for (const batch of [1, 2, 5, 32, 3, 7, 1]) {
    const x = seededTensor([batch, ...(net.inputs[0].shape.slice(1) as number[])], batch);
    const expected = net.predict(x) as tf.Tensor;
    expect(expected.shape.map((size, i) => (i === 0 ? null : size))).toEqual(runtime.outputs[0].shape);
    const received = runtime.predict(x.dataSync());
    expect(relativeError(received, expected.dataSync())).toBeLessThanOrEqual(limit);
    expect(runtime.predict(x.dataSync())).toBe(received);
    tf.dispose([x, expected]);
  }
  net.dispose();
  runtime.dispose();
  expect(() => runtime.predict([1])).toThrow('predict: the model is disposed.');
}

describe('the entry for dense nets', () => {
  for (const sparsity of [0, 0.5, 0.95]) {
    it(`matches tfjs at sparsity ${sparsity}`, async () => {
      for (const activation of ['relu', 'tanh', 'softmax', 'gelu_new', 'relu6', 'logSoftmax', 'linear'] as never[]) {
        await check(
          [layers.dense({ inputShape: [17], units: 30, activation: 'relu' }), layers.dense({ units: 7, activation })],
          sparsity,
        );
      }
    });

    it(`has flattening, batch normalization and activations: ${sparsity}`, async () => {
      await check(
        [
          layers.flatten({ inputShape: [3, 4, 2] }),
          layers.batchNormalization({ scale: false }),
          layers.dense({ units: 30, useBias: false }),
          layers.batchNormalization(),
          layers.reLU({ maxValue: 2 }),
          layers.dropout({ rate: 0.5 }),
          layers.dense({ units: 6 }),
          layers.leakyReLU({ alpha: 0.2 }),
          layers.dense({ units: 5 }),
          layers.softmax({ axis: -1 }),
        ],
        sparsity,
      );
    });

    it(`multiplies the last dimension: ${sparsity}`, async () => {
      await check(
        [layers.dense({ inputShape: [4, 5], units: 3 }), layers.dense({ units: 2, activation: 'elu' })],
        sparsity,
      );
    });
  }

  it('starts with an activation', async () => {
    await check([layers.activation({ inputShape: [6], activation: 'sigmoid' }), layers.dense({ units: 2 })], 0);
  });

  it('reads functional models', async () => {
    const x = input({ shape: [6], name: 'x' });
    const hidden = layers.dense({ units: 5, name: 'hidden' }).apply(x) as SymbolicTensor;
    const net = model({ inputs: x, outputs: layers.dense({ units: 2, name: 'y' }).apply(hidden) as SymbolicTensor });
    const runtime = await loadModel((await artifactsOf(net)) as never);
    expect(runtime.inputs).toEqual([{ name: 'x', shape: [null, 6], dtype: 'float32' }]);
    expect(runtime.outputs).toEqual([{ name: 'y', shape: [null, 2], dtype: 'float32' }]);
    const values = seededValues(6, 1);
    const expected = net.predict(tf.tensor(values, [1, 6])) as tf.Tensor;
    expect(relativeError(runtime.predict(values), expected.dataSync())).toBeLessThan(1e-6);
    const second = layers.dense({ units: 2, name: 'z' }).apply(x) as SymbolicTensor;
    const joined = layers.add().apply([second, net.apply(x) as SymbolicTensor]) as SymbolicTensor;
    for (const other of [model({ inputs: x, outputs: [hidden, second] }), model({ inputs: x, outputs: joined })]) {
      await expect(loadModel((await artifactsOf(other)) as never)).rejects.toThrow(
        /^layer '.*' \(.*\): .*may run the model/,
      );
    }
  });

  it('gives the memory of other batches back', async () => {
    const net = sequential({ layers: [layers.dense({ inputShape: [50], units: 40 })] });
    const runtime = await loadModel((await artifactsOf(net)) as never);
    const { memory } = (runtime as any).kernels as { memory: WebAssembly.Memory };
    for (let batch = 1; batch < 20; batch++) runtime.predict(new Float32Array(50 * batch));
    const { byteLength } = memory.buffer;
    for (let i = 0; i < 100; i++) runtime.predict(new Float32Array(50 * ((i % 19) + 1)));
    expect(memory.buffer.byteLength).toBe(byteLength);
  });

  it('refuses what it cannot run', async () => {
    const runtime = await loadModel(
      (await artifactsOf(sequential({ layers: [layers.dense({ inputShape: [6], units: 2, name: 'd' })] }))) as never,
    );
    const start = "predict: input 'd_input' of shape [null,6]: expected 6 numbers or a multiple of that, received";
    expect(() => runtime.predict(new Float32Array(7))).toThrow(`${start} 7.`);
    expect(() => runtime.predict([])).toThrow(`${start} 0.`);
    expect(() => runtime.predict(undefined as never)).toThrow(`${start} undefined.`);
    expect(() => runtime.predict({ length: 1.5 })).toThrow(`${start} 1.5.`);
    for (const modelTopology of [{}, { config: 3 }, { config: [{}] }, { config: [{ config: { name: 'a' } }] }]) {
      await expect(loadModel({ modelTopology })).rejects.toThrow(/no topology of a layers model|batch_input_shape/);
    }
    const few = await loadModel(
      (await artifactsOf(sequential({ layers: [layers.dense({ inputShape: [6], units: 2 })] }))) as never,
      { maxBytes: 10_000 },
    );
    few.predict(new Float32Array(6));
    expect(() => few.predict(new Float32Array(60_000))).toThrow('more than maxBytes (10000)');
  });
});
