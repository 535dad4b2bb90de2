import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { FREE, PRUNED } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, MemoryHandler, seededTensor, smallModel } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { compressible, strip } from './compressible.js';
import { isCompressibleLayer } from './compressibleLayer.js';

const { layers } = tfl;

/** Every layer that can be converted, in one model, with some that cannot. */
function convolutional(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      layers.conv2d({ name: 'c', filters: 4, kernelSize: 3, inputShape: [10, 10, 2], activation: 'relu' }),
      layers.batchNormalization({ name: 'n' }),
      layers.depthwiseConv2d({ name: 'd', kernelSize: 3 }),
      layers.separableConv2d({ name: 's', filters: 4, kernelSize: 2, depthMultiplier: 2 }),
      layers.conv2dTranspose({ name: 't', filters: 3, kernelSize: 2, strides: 2 }),
      layers.reshape({ name: 'r', targetShape: [10, 30] }),
      layers.conv1d({ name: 'o', filters: 3, kernelSize: 2 }),
      layers.flatten({ name: 'f' }),
      layers.dense({ name: 'e', units: 2 }),
    ],
  });
}

/** Two inputs, two outputs, a shared layer and a nested model. */
function branching(): tfl.LayersModel {
  const shared = layers.dense({ name: 'shared', units: 4, activation: 'tanh' });
  const nested = tfl.sequential({
    name: 'nested',
    layers: [layers.dense({ name: 'inside', units: 3, inputShape: [4] })],
  });
  const inputs = ['left', 'right'].map((name) => tfl.input({ name, shape: [5] }));
  const [a, b] = inputs.map((input) => shared.apply(input) as tfl.SymbolicTensor);
  const sum = layers.add({ name: 'sum' }).apply([a, b]) as tfl.SymbolicTensor;
  const outputs = [nested.apply(sum), layers.dense({ name: 'other', units: 2 }).apply(a)] as tfl.SymbolicTensor[];
  return tfl.model({ name: 'branching', inputs, outputs });
}

const models: Record<string, { make: () => tfl.LayersModel; input: () => tf.Tensor[]; names: string[] }> = {
  'a Sequential': {
    make: convolutional,
    input: () => [seededTensor([2, 10, 10, 2], 1)],
    names: ['c', 'd', 's', 't', 'o', 'e'],
  },
  'a functional model with shared and nested layers': {
    make: branching,
    input: () => [seededTensor([2, 5], 1), seededTensor([2, 5], 2)],
    names: ['shared', 'inside', 'other'],
  },
};

const predict = (model: tfl.LayersModel, inputs: tf.Tensor[]) =>
  tf.tidy(() => [model.predict(inputs)].flat().map((output) => bitsOf(output.dataSync())));
const allLayers = (model: tfl.LayersModel): tfl.layers.Layer[] =>
  model.layers.flatMap((layer) => (layer instanceof tfl.LayersModel ? allLayers(layer) : [layer]));
const ours = (model: tfl.LayersModel) => allLayers(model).filter(isCompressibleLayer);

for (const [kind, { make, input, names }] of Object.entries(models)) {
  describe(`${kind}`, () => {
    it('is rebuilt with layers of ours that compute the same, and back', () => {
      const [model, inputs] = [make(), input()];
      const expected = predict(model, inputs);
      for (const family of ['masked', 'powerOfTwo'] as const) {
        const converted = compressible(model, { family });
        expect(converted).toBeInstanceOf(model.constructor);
        expect(
          ours(converted)
            .map((layer) => layer.name)
            .sort(),
        ).toEqual([...names].sort());
        const prefix = family === 'masked' ? /^Masked/ : /^PowerOfTwo/;
        for (const layer of ours(converted)) expect(layer.getClassName()).toMatch(prefix);
        expect(predict(converted, inputs)).toEqual(expected);
        const stripped = strip(converted);
        expect(ours(stripped)).toEqual([]);
        expect(stripped.getConfig()).toEqual(model.getConfig());
        expect(predict(stripped, inputs)).toEqual(expected);
        expect(ours(model)).toEqual([]);
      }
    });

    it('strips to the effective weights', () => {
      const [converted, inputs] = [compressible(make()), input()];
      for (const { compressibleKernels } of ours(converted)) {
        for (const kernel of compressibleKernels) {
          kernel.setStates(Uint8Array.from({ length: kernel.size }, (_, i) => (i % 3 ? FREE : PRUNED)));
        }
      }
      const stripped = strip(converted);
      expect(predict(stripped, inputs)).toEqual(predict(converted, inputs));
      const again = compressible(stripped);
      expect(predict(again, inputs)).toEqual(predict(converted, inputs));
    });

    it('saves and loads, and trains', async () => {
      const [converted, inputs] = [compressible(make()), input()];
      const file = new MemoryHandler();
      await converted.save(file);
      const loaded = await tfl.loadLayersModel(file);
      expect(predict(loaded, inputs)).toEqual(predict(converted, inputs));
      loaded.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const targets = tf.tidy(() => [loaded.predict(inputs)].flat().map((t) => tf.add(t, 1)));
      const before = predict(loaded, inputs);
      await loaded.trainOnBatch(inputs, targets);
      expect(predict(loaded, inputs)).not.toEqual(before);
    });
  });
}

describe('compressible', () => {
  it('takes options by layer, mixes families and leaves out what is skipped', () => {
    const converted = compressible(smallModel(), {
      overrides: { a: { family: 'powerOfTwo', bits: 3 }, b: { targetSparsity: 0.5 } },
    });
    expect(converted.layers.map((layer) => layer.getClassName())).toEqual(['PowerOfTwoDense', 'MaskedDense']);
    expect(ours(converted).map((layer) => layer.compression)).toEqual([{ bits: 3 }, { targetSparsity: 0.5 }]);
    const partly = compressible(smallModel(), { exclude: 'b' });
    expect(partly.layers.map((layer) => layer.getClassName())).toEqual(['MaskedDense', 'Dense']);
  });

  it('leaves the states of a layer that is ours already', async () => {
    const converted = compressible(smallModel());
    const [kernel] = ours(converted)[0].compressibleKernels;
    kernel.setStates(new Uint8Array(128).fill(PRUNED));
    const again = ours(compressible(converted))[0].compressibleKernels[0];
    await again.sync();
    expect([...again.states]).toEqual(new Array(128).fill(PRUNED));
    const copy = strip(converted);
    expect([...copy.layers[0].getWeights()[0].dataSync()]).toEqual(new Array(128).fill(0));
  });

  it('changes no weight by a constraint, as fit does not', async () => {
    const constraint = { kernelConstraint: 'unitNorm', biasConstraint: 'nonNeg' } as const;
    const model = tfl.sequential({
      layers: [
        layers.dense({ units: 6, inputShape: [5], ...constraint }),
        layers.batchNormalization({ gammaConstraint: tfl.constraints.maxNorm({ maxValue: 0.5 }) }),
        layers.reshape({ targetShape: [3, 2] }),
        layers.lstm({ units: 2, ...constraint }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    const inputs = [seededTensor([4, 5], 1)];
    await model.fit(inputs[0], seededTensor([4, 2], 2), { epochs: 3, verbose: 0 });
    const converted = compressible(model);
    for (const each of [strip(model), converted, compressible(converted), strip(converted)])
      expect(predict(each, inputs)).toEqual(predict(model, inputs));
  });

  it('leaves no tensor behind', async () => {
    const model = smallModel();
    await expectNoLeak(() => {
      const converted = compressible(model);
      const stripped = strip(converted);
      converted.dispose();
      stripped.dispose();
    });
  });

  it('refuses what it cannot do', () => {
    const model = smallModel();
    expect(() => compressible(model, { family: 'pruned' } as never)).toThrow(
      "family: expected 'masked' or 'powerOfTwo', received 'pruned'.",
    );
    expect(() => compressible(model, { includes: 'a' } as never)).toThrow(
      "compressible() has no option 'includes'. Did you mean 'include'?",
    );
    expect(() => compressible(model, { include: 'z' })).toThrow('include: z matches no layer');
    expect(() => compressible(model, { overrides: { a: { bits: 1 } } })).toThrow(
      'overrides of a/kernel: bits: expected an integer',
    );
    expect(() => compressible({} as never)).toThrow('model: expected a tf.Sequential or tf.LayersModel');
    const flat = tfl.sequential({ layers: [layers.flatten({ inputShape: [2, 2] })] });
    expect(() => compressible(flat)).toThrow('compressible(): the model has no kernel that can be compressed');
    expect(() => compressible(tfl.sequential())).toThrow();
  });
});
