import * as tfl from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rounded, roundRest } from './roundRest.js';

describe('rounded', () => {
  const values = fc.float32Array({ minLength: 1, maxLength: 20, noNaN: true, noDefaultInfinity: true });

  it('keeps each value to half a step of the largest, as a multiple of a power of two', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 10 }), (list, bits) => {
        const most = Math.max(...list.map(Math.abs));
        const step = 2 ** (Math.floor(Math.log2(most)) - bits + 1);
        for (const [i, value] of rounded(list, bits, false).entries()) {
          expect(Math.abs(value - list[i])).toBeLessThanOrEqual(step / 2);
          if (step >= 2 ** -126 && step <= 2 ** 100) expect(Number.isInteger(value / step)).toBe(true);
        }
      }),
    );
  });

  it('keeps scales to a relative error, and never makes 0 of them', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 10 }), (list, bits) => {
        for (const [i, value] of rounded(list, bits, true).entries()) {
          expect(Math.abs(value - list[i])).toBeLessThanOrEqual(2 ** -(bits + 1) * Math.abs(list[i]));
          expect(value === 0).toBe(list[i] === 0);
        }
      }),
    );
  });
});

describe('roundRest', () => {
  const makeModel = () => {
    const biasInitializer = tfl.initializers.randomNormal({ seed: 1 });
    const first = tfl.layers.dense({ units: 40, inputShape: [3], biasInitializer });
    return tfl.sequential({ layers: [first, tfl.layers.batchNormalization(), tfl.layers.dense({ units: 2 })] });
  };
  const kernelsOf = (model: tfl.LayersModel) =>
    new Set(model.weights.filter(({ originalName }) => originalName.endsWith('kernel')));
  const biasesOf = (model: tfl.LayersModel) => model.layers[0].getWeights()[1].dataSync() as Float32Array;

  it('rounds as coarsely as the score allows, and leaves kernels alone', async () => {
    const model = makeModel();
    const before = Float32Array.from(biasesOf(model));
    const kernel = model.layers[0].getWeights()[0].dataSync();
    const score = async () => -Math.max(...biasesOf(model).map((value, i) => Math.abs(value - before[i])));
    await expectNoLeak(() => roundRest(model, kernelsOf(model), score, -0.05));
    expect(await score()).toBeGreaterThanOrEqual(-0.05);
    expect(await score()).toBeLessThan(-0.01);
    expect(new Set(biasesOf(model)).size).toBeLessThan(40);
    expect(model.layers[0].getWeights()[0].dataSync()).toEqual(kernel);
    expect(model.layers[1].getWeights()[3].dataSync()).toEqual(Float32Array.from({ length: 40 }, () => 1));
    model.dispose();
  });

  it('leaves everything as it is where no rounding will do', async () => {
    const model = makeModel();
    const before = model.getWeights().map((weight) => weight.dataSync());
    await roundRest(model, kernelsOf(model), async () => 0, 1);
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
    model.dispose();
  });
});
