import type * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { type Frozen, freeze } from './freeze.js';
import type { Source } from './readSource.js';
import { randomize } from './testing/compare.js';

/** As a page does it: nothing of this package but the module in `frozen`. */
async function start({ module, memory: begin, pages, program, inputs, outputs }: Frozen) {
  const memory = new WebAssembly.Memory({ initial: pages });
  new Uint8Array(memory.buffer).set(begin);
  const { instance } = await WebAssembly.instantiate(module, { env: { memory } });
  return (values: Float32Array): Float32Array => {
    new Float32Array(memory.buffer, inputs[0].address, inputs[0].length).set(values);
    expect((instance.exports.run as (program: number) => number)(program)).toBe(0);
    return new Float32Array(memory.buffer, outputs[0].address, outputs[0].length).slice();
  };
}

async function frozen(model: LayersModel, shapes: number[][]): Promise<Frozen> {
  return freeze((await artifactsOf(model)) as Source, shapes);
}

function dense(): LayersModel {
  const [hidden, out] = [layers.dense({ units: 20, activation: 'relu', inputShape: [30] }), layers.dense({ units: 5 })];
  return sequential({ layers: [hidden, out, layers.softmax()] });
}

function convolution(): LayersModel {
  const conv = layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', inputShape: [null, null, 2] });
  return sequential({ layers: [conv, layers.maxPooling2d({ poolSize: 2 }), layers.globalMaxPooling2d({})] });
}

describe('freeze', () => {
  it.each([
    ['dense layers', dense, [3, 30]],
    ['a convolution of a size that is free', convolution, [1, 8, 10, 2]],
  ] as const)('%s: the memory predicts what tfjs does, again and again', async (_, make, shape) => {
    const model = make();
    randomize(model, 1);
    const predict = await start(await frozen(model, [[...shape]]));
    for (const seed of [1, 2, 1]) {
      const x = seededTensor([...shape], seed);
      const expected = (model.predict(x) as tf.Tensor).dataSync();
      expect(relativeError(predict(Float32Array.from(x.dataSync())), expected)).toBeLessThan(1e-5);
    }
  });

  it('takes the smaller module where it is enough', async () => {
    const [small, large] = [await frozen(dense(), [[1, 30]]), await frozen(convolution(), [[1, 8, 8, 2]])];
    expect(small.module.length).toBeLessThan(large.module.length);
  });

  it('refuses what the runtime refuses', async () => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    const artifacts = await artifactsOf(model);
    const topology = JSON.parse(JSON.stringify(artifacts.modelTopology).replaceAll('"Dense"', '"Odd"'));
    const source = { ...artifacts, modelTopology: topology } as Source;
    await expect(freeze(source, [[1, 2]])).rejects.toThrow(/\(Odd\)/);
  });
});
