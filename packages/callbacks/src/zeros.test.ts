import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, maskedDense, powerOfTwoDense } from '@tfjs-compress/layers';
import { countWeights, MemoryHandler, printedBy, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

const fitArgs = { epochs: 6, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity: 0.5, verbose: 0, ...args });
const compile = (model: tfl.LayersModel) =>
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

/** Zeros in every third place of the kernel of `a`. */
function withHoles(model: tfl.LayersModel): tfl.LayersModel {
  const [kernel, ...others] = model.getWeights();
  const values = Float32Array.from(kernel.dataSync()).map((value, i) => (i % 3 === 0 ? 0 : value));
  tf.tidy(() => model.setWeights([tf.tensor(values, kernel.shape), ...others]));
  return model;
}
const holesFilled = (model: tfl.LayersModel) =>
  weightsOf(model)[0].filter((value, i) => i % 3 === 0 && value !== 0).length;

describe('zeros that an initializer made', () => {
  const layers = { dense: tfl.layers.dense, maskedDense, powerOfTwoDense };
  for (const [name, make] of Object.entries(layers)) {
    it(`are trained: a last layer of zeros, ${name}`, async () => {
      for (const callback of [inq(), surgery({ targetSparsity: 0.25 })]) {
        const model = tfl.sequential({
          layers: [
            make({ name: 'a', units: 16, inputShape: [8], activation: 'relu' }) as tfl.layers.Layer,
            make({ name: 'b', units: 3, activation: 'softmax', kernelInitializer: 'zeros' }) as tfl.layers.Layer,
          ],
        });
        compile(model);
        const { history } = await model.fit(x, y, { ...fitArgs, callbacks: [callback] });
        const { zeros, weights, levels } = countWeights(model).get('b/kernel')!;
        // INQ rounds some to 0; a quarter is what surgery was asked for.
        expect(zeros).toBeLessThan(0.7 * weights);
        if (callback instanceof INQScheduler) expect(levels).toBe(weights);
        else expect(Math.abs(zeros - 0.25 * weights)).toBeLessThanOrEqual(1);
        expect(history.loss.at(-1)).toBeLessThan(history.loss[0] as number);
        model.dispose();
      }
    });
  }

  it.each([{ perChannel: true }, {}])(
    'get levels in a fit of one epoch, and are validated with them: %o',
    async (args) => {
      const model = tfl.sequential({
        layers: [tfl.layers.dense({ units: 3, inputShape: [8], activation: 'softmax', kernelInitializer: 'zeros' })],
      });
      compile(model);
      if (args.perChannel) {
        const values = Float32Array.from({ length: 24 }, (_, i) => (i % 3 === 1 ? 0 : (i - 11.5) / 20));
        tf.tidy(() => model.setWeights([tf.tensor(values, [8, 3]), tf.zeros([3])]));
      }
      const { history } = await model.fit(x, y, {
        ...fitArgs,
        epochs: 1,
        validationData: [x, y],
        callbacks: [inq({ steps: [1], ...args })],
      });
      const { zeros, levels, weights } = [...countWeights(model).values()][0];
      expect(levels).toBe(weights);
      expect(zeros).toBeLessThan(8);
      expect(history.quantized).toEqual([1]);
      const loss = (model.evaluate(x, y) as tf.Scalar[])[0].dataSync()[0];
      expect(history.val_loss[0]).toBeCloseTo(loss, 4);
    },
  );

  it('are kept or not by both callbacks alike', async () => {
    const model = smallModel();
    compile(model);
    const fit = model.fit(x, y, { ...fitArgs, callbacks: [inq({ keepZeros: true }), surgery()] });
    await expect(fit).rejects.toThrow('INQScheduler: keepZeros is true here and false in the other SurgeryCallback');
  });

  it('are trained: a recurrent kernel that begins as the identity', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.simpleRNN({ units: 6, inputShape: [4, 2], recurrentInitializer: 'identity' }),
        tfl.layers.dense({ units: 3 }),
      ],
    });
    compile(model);
    const series = tf.reshape(x, [96, 4, 2]);
    await model.fit(series, y, { ...fitArgs, epochs: 8, callbacks: inq() });
    const recurrent = [...countWeights(model)].find(([path]) => /recurrentKernel/.test(path))![1];
    expect(recurrent.zeros).toBeLessThan(25);
    expect(recurrent.levels).toBe(36);
    series.dispose();
    model.dispose();
  });
});

describe('zeros of a model that others pruned', () => {
  it('are trained, and the output says how to keep them', async () => {
    for (const make of [inq, surgery]) {
      const model = withHoles(smallModel());
      const printed = await printedBy(async () => {
        await model.fit(x, y, {
          ...fitArgs,
          callbacks: make({ verbose: 1, ...(make === surgery && { targetSparsity: 0.1 }) }),
        });
      });
      expect(printed).toMatch(/keepZeros/);
      expect(printed).toContain('a/kernel');
      expect(holesFilled(model)).toBeGreaterThan(5);
      model.dispose();
    }
  });

  it('stay with keepZeros', async () => {
    for (const convert of [(m: tfl.Sequential) => m, compressible]) {
      for (const make of [inq, surgery]) {
        const model = convert(withHoles(smallModel()) as tfl.Sequential);
        compile(model);
        await model.fit(x, y, { ...fitArgs, callbacks: make({ keepZeros: true, include: 'a' }) });
        const values = [...countWeights(model)].find(([path]) => path.startsWith('a/'))![1];
        expect(values.zeros).toBeGreaterThanOrEqual(43);
        if (make === inq) expect(values.levels).toBe(128);
        model.dispose();
      }
    }
  });
});

describe('zeros that surgery made', () => {
  for (const where of ['in memory', 'in the file']) {
    it(`stay with INQ, without an option: ${where}`, async () => {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: surgery() });
      const before = weightsOf(model);
      let pruned: tfl.LayersModel = model;
      if (where === 'in the file') {
        const file = new MemoryHandler();
        await model.save(file);
        pruned = await tfl.loadLayersModel(file);
        compile(pruned);
      }
      await pruned.fit(x, y, { ...fitArgs, callbacks: inq() });
      weightsOf(pruned).forEach((values, i) => {
        if (i % 2 === 1) return;
        expect(values.filter((value, j) => value !== 0 && before[i][j] === 0)).toEqual(new Float32Array());
      });
      model.dispose();
    });
  }

  it('stay with layers of ours that are trained on without a callback, loaded or not', async () => {
    const model = compressible(smallModel());
    compile(model);
    await model.fit(x, y, { ...fitArgs, callbacks: surgery() });
    const file = new MemoryHandler();
    await model.save(file);
    const loaded = await tfl.loadLayersModel(file);
    for (const each of [model, loaded]) {
      compile(each);
      const before = countWeights(each);
      await each.fit(x, y, { ...fitArgs, epochs: 4 });
      for (const [path, { zeros }] of countWeights(each)) expect(zeros).toBe(before.get(path)!.zeros);
      const again = new MemoryHandler();
      await each.save(again);
      const zerosInFile = new Float32Array(again.artifacts!.weightData as ArrayBuffer, 0, 128).filter((v) => v === 0);
      expect(zerosInFile.length).toBe(64);
    }
  });
});
