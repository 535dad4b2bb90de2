import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { relativeError, seededValues } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import type { Model } from './Model.js';
import { expectSame, randomize, runtimeOf } from './testing/compare.js';

/** The garbage collector, which is hidden otherwise. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

async function denseModel(): Promise<Model> {
  const net = sequential({ layers: [layers.dense({ inputShape: [6], units: 4, activation: 'relu' })] });
  randomize(net, 1);
  return runtimeOf(net);
}

describe('predict', () => {
  it('returns the same array for the same batch size, and others for others', async () => {
    const runtime = await denseModel();
    const one = runtime.predict(seededValues(6, 1));
    const two = runtime.predict(seededValues(12, 1));
    const first = one.slice();
    expect(two.length).toBe(8);
    expect(runtime.predict(seededValues(6, 2))).toBe(one);
    expect(relativeError(one, first)).toBeGreaterThan(0.01);
    expect(runtime.predict(seededValues(12, 3))).toBe(two);
  });

  it('allocates nothing for a shape that was used before', async () => {
    const net = sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3 }),
        layers.flatten(),
        layers.dense({ units: 5 }),
      ],
    });
    const runtime = await runtimeOf(net);
    const [x, many] = [seededValues(64, 1), seededValues(128, 1)];
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) {
        runtime.predict(x);
        runtime.predict(many);
      }
    };
    // Compiled code is memory too.
    run(20_000);
    collect();
    const before = process.memoryUsage();
    run(10_000);
    const after = process.memoryUsage();
    // Measured: 0 to 30,000 bytes of the runner's own; 8 bytes a call would be 160,000.
    expect(after.heapUsed - before.heapUsed).toBeLessThan(100_000);
    expect(after.arrayBuffers).toBeLessThanOrEqual(before.arrayBuffers);
  });

  it('keeps results when memory grows', async () => {
    const runtime = await denseModel();
    const x = seededValues(6, 1);
    const first = runtime.predict(x);
    const copy = first.slice();
    const large = runtime.predict(new Float32Array(6 * 100_000));
    expect(large.length).toBe(400_000);
    expect(first).toEqual(copy);
    expect(runtime.predict(x)).toBe(first);
    expect(first).toEqual(copy);
  });

  it('keeps programs for a few shapes, and reuses the memory of those dropped', async () => {
    const runtime = await denseModel();
    const x = seededValues(6 * 40, 1);
    const expected = runtime.predict(x).slice();
    const sizes = [7, 11, 3, 29, 13, 1, 17, 40];
    const memory = (runtime as any).parts.instance.memory.memory as WebAssembly.Memory;
    for (const size of sizes) runtime.predict(x.subarray(0, 6 * size));
    const { byteLength } = memory.buffer;
    for (let round = 0; round < 50; round++) {
      for (const size of sizes) {
        const result = runtime.predict(x.subarray(0, 6 * size));
        expect(relativeError(result, expected.subarray(0, 4 * size))).toBeLessThan(1e-6);
      }
    }
    expect(memory.buffer.byteLength).toBe(byteLength);
    expect((runtime as any).planned.length).toBe(4);
  });

  it('goes on after a result was transferred away', async () => {
    const runtime = await denseModel();
    const x = seededValues(6, 1);
    const first = runtime.predict(x);
    const copy = first.slice();
    structuredClone(first, { transfer: [first.buffer] });
    expect(first.length).toBe(0);
    expect(runtime.predict(x)).toEqual(copy);
  });

  it('takes other arrays of numbers', async () => {
    const runtime = await denseModel();
    const x = [1, 2, 3, 4, 5, 6];
    const expected = runtime.predict(Float32Array.from(x)).slice();
    expect(runtime.predict(x)).toEqual(expected);
    expect(runtime.predict(Uint8Array.from(x))).toEqual(expected);
    expect(runtime.predict({ data: x })).toEqual(expected);
  });

  it('takes and gives several by name', async () => {
    const [one, other] = [input({ shape: [3], name: 'one' }), input({ shape: [4], name: 'other' })];
    const both = layers.concatenate().apply([one, other]) as SymbolicTensor;
    const net = model({
      inputs: [one, other],
      outputs: [
        layers.dense({ units: 2, name: 'small' }).apply(both) as SymbolicTensor,
        layers.dense({ units: 5, name: 'large' }).apply(both) as SymbolicTensor,
      ],
    });
    await expectSame(net);
    const runtime = await runtimeOf(net);
    expect(runtime.inputs).toEqual([
      { name: 'one', shape: [null, 3], dtype: 'float32' },
      { name: 'other', shape: [null, 4], dtype: 'float32' },
    ]);
    expect(runtime.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['small', [null, 2]],
      ['large', [null, 5]],
    ]);
    const inputs = { one: seededValues(6, 1), other: seededValues(8, 1) };
    const result = runtime.predict<Record<string, Float32Array>>(inputs);
    expect(Object.keys(result)).toEqual(['small', 'large']);
    expect(runtime.predict(inputs)).toBe(result);
    expect(() => runtime.predict({ one: inputs.one })).toThrow(/inputs one, other, received none for 'other'/);
    expect(() => runtime.predict(inputs.one)).toThrow(/inputs one, other/);
    expect(() => runtime.predict({ ...inputs, other: seededValues(4, 1) })).toThrow(/same batch/);
  });

  it('plans for sizes that the model leaves free', async () => {
    const net = sequential({
      layers: [
        layers.conv2d({ inputShape: [null, null, 3], filters: 4, kernelSize: 3, padding: 'same' } as never),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 3 }),
      ],
    });
    for (const size of [
      [8, 6, 3],
      [5, 9, 3],
    ]) {
      await expectSame(net, { sizes: [size] });
    }
    const runtime = await runtimeOf(net);
    expect(runtime.inputs[0].shape).toEqual([null, null, null, 3]);
    expect(runtime.outputs[0].shape).toEqual([null, 3]);
    const x = seededValues(2 * 8 * 6 * 3, 1);
    const result = runtime.predict(x, [2, 8, 6, 3]);
    expect(runtime.predict({ data: x, shape: [2, 8, 6, 3] })).toBe(result);
    expect(() => runtime.predict(x)).toThrow(/expected the shape beside the numbers/);
    expect(() => runtime.predict(x, [2, 8, 5, 3])).toThrow(
      /expected 240 numbers for the shape \[2,8,5,3\], received 288/,
    );
    expect(() => runtime.predict(x, [2, 8, 6])).toThrow(/expected a shape like it, received \[2,8,6\]/);
    expect(() => runtime.predict(x, [2, 8, 6, 4])).toThrow(/expected a shape like it/);
    expect(() => runtime.predict(seededValues(3, 1), [1, 1, 1, 3])).toThrow(/too small for its windows/);
  });

  it('refuses what is not an input, and names it', async () => {
    const runtime = await denseModel();
    const name = runtime.inputs[0].name;
    const start = `predict: input '${name}' of shape [null,6]: expected`;
    expect(() => runtime.predict(seededValues(7, 1))).toThrow(`${start} 6 numbers or a multiple of that, received 7.`);
    expect(() => runtime.predict(new Float32Array(0))).toThrow(`${start} 6 numbers or a multiple of that, received 0.`);
    for (const value of [undefined, null, 3, 'text', {}, { data: 3 }, { data: () => {}, shape: [1, 6] }]) {
      expect(() => runtime.predict(value as never)).toThrow(`${start} a Float32Array`);
    }
    for (const value of [[[1, 2, 3, 4, 5, 6]], new Array(6).fill([1, 2]), new Array(6).fill('1')]) {
      expect(() => runtime.predict(value as never)).toThrow(`${start} numbers in one flat array`);
    }
    expect(() => runtime.predict(seededValues(6, 1), [-1, 6])).toThrow(`${start} a shape like it, received [-1,6].`);
    expect(() => runtime.predict(seededValues(6, 1), [2 ** 31, 6])).toThrow(/expected 12884901888 numbers/);
  });

  it('ends with dispose', async () => {
    const runtime = await denseModel();
    runtime.dispose();
    runtime.dispose();
    expect(() => runtime.predict(seededValues(6, 1))).toThrow('predict: the model is disposed.');
  });

  it('gives an input back that is an output', async () => {
    const one = input({ shape: [3] });
    const net = model({ inputs: one, outputs: [one, layers.dense({ units: 2 }).apply(one) as SymbolicTensor] });
    const runtime = await runtimeOf(net);
    const x = Float32Array.of(1, 2, 3);
    const result = runtime.predict<Record<string, Float32Array>>(x);
    expect(result[runtime.outputs[0].name]).toEqual(x);
    tf.dispose(net.weights.map((weight) => weight.read()));
  });
});
