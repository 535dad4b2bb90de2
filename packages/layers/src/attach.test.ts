import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { FREE, FROZEN, PRUNED } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, MemoryHandler, relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { attach, kernelAt } from './attach.js';
import { findSites } from './sites.js';

const { layers } = tfl;
const sequence = (...list: tfl.layers.Layer[]) => tfl.sequential({ layers: list });
const steps = (length: number) => tf.tidy(() => tf.cast(tf.reshape(tf.range(0, 2 * length), [2, length]), 'int32'));

/** Stock models in which a compressible weight sits, and the paths of all of them. */
const cases: Record<string, { make: () => tfl.LayersModel; input: () => tf.Tensor; paths: string[] }> = {
  Dense: {
    make: () => sequence(layers.dense({ name: 'a', units: 3, inputShape: [4], activation: 'tanh' })),
    input: () => seededTensor([2, 4], 1),
    paths: ['a/kernel'],
  },
  'Conv2D, DepthwiseConv2D and SeparableConv2D': {
    make: () =>
      sequence(
        layers.conv2d({ name: 'a', filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
        layers.depthwiseConv2d({ name: 'b', kernelSize: 2 }),
        layers.separableConv2d({ name: 'c', filters: 3, kernelSize: 2 }),
        layers.conv2dTranspose({ name: 'd', filters: 2, kernelSize: 2 }),
      ),
    input: () => seededTensor([2, 8, 8, 1], 1),
    paths: ['a/kernel', 'b/depthwiseKernel', 'c/depthwiseKernel', 'c/pointwiseKernel', 'd/kernel'],
  },
  Embedding: {
    make: () => sequence(layers.embedding({ name: 'a', inputDim: 10, outputDim: 3, inputLength: 5 })),
    input: () => steps(5),
    paths: ['a/embeddings'],
  },
  SimpleRNN: {
    make: () =>
      sequence(layers.simpleRNN({ name: 'a', units: 3, inputShape: [4, 2], recurrentInitializer: 'glorotNormal' })),
    input: () => seededTensor([2, 4, 2], 1),
    paths: ['a/cell/kernel', 'a/cell/recurrentKernel'],
  },
  GRU: {
    make: () => sequence(layers.gru({ name: 'a', units: 3, inputShape: [4, 2], recurrentInitializer: 'glorotNormal' })),
    input: () => seededTensor([2, 4, 2], 1),
    paths: ['a/cell/kernel', 'a/cell/recurrentKernel'],
  },
  'Bidirectional LSTM': {
    make: () => {
      const lstm = layers.lstm({ name: 'a', units: 3, recurrentInitializer: 'glorotNormal' }) as never;
      return sequence(layers.bidirectional({ name: 'both', layer: lstm, inputShape: [4, 2], mergeMode: 'concat' }));
    },
    input: () => seededTensor([2, 4, 2], 1),
    paths: [
      'both/forward_a/cell/kernel',
      'both/forward_a/cell/recurrentKernel',
      'both/backward_a/cell/kernel',
      'both/backward_a/cell/recurrentKernel',
    ],
  },
  'TimeDistributed Dense': {
    make: () =>
      sequence(layers.timeDistributed({ name: 't', layer: layers.dense({ name: 'a', units: 2 }), inputShape: [3, 4] })),
    input: () => seededTensor([2, 3, 4], 1),
    paths: ['t/a/kernel'],
  },
  'stacked cells': {
    make: () => {
      const cells = [layers.lstmCell({ name: 'a', units: 2 }), layers.gruCell({ name: 'b', units: 3 })] as never[];
      const plain = { recurrentInitializer: 'glorotNormal' };
      for (const cell of cells)
        Object.assign(cell, { recurrentInitializer: tfl.initializers.glorotNormal({ seed: 1 }) });
      return sequence(layers.rnn({ name: 'r', cell: cells, inputShape: [4, 2], ...plain } as never) as never);
    },
    input: () => seededTensor([2, 4, 2], 1),
    paths: ['kernel', 'recurrentKernel'].flatMap((f) => [`r/cells/0/${f}`, `r/cells/1/${f}`]),
  },
  'nested models': {
    make: () => {
      const inner = sequence(layers.dense({ name: 'a', units: 3, inputShape: [4] }));
      inner.name = 'inner';
      return sequence(inner, layers.dense({ name: 'b', units: 2 }));
    },
    input: () => seededTensor([2, 4], 1),
    paths: ['inner/a/kernel', 'b/kernel'],
  },
  'shared layers, several inputs and outputs': {
    make: () => {
      const shared = layers.dense({ name: 'shared', units: 4 });
      const inputs = [tfl.input({ shape: [4] }), tfl.input({ shape: [4] })];
      const [a, b] = inputs.map((input) => shared.apply(input) as tfl.SymbolicTensor);
      const both = layers.add().apply([a, b]) as tfl.SymbolicTensor;
      return tfl.model({
        inputs,
        outputs: [both, layers.dense({ name: 'b', units: 2 }).apply(a) as tfl.SymbolicTensor],
      });
    },
    input: () => seededTensor([2, 4], 1),
    paths: ['shared/kernel', 'b/kernel'],
  },
};

const options = { slot: 'test', progress: async () => ({}) };

for (const [name, { make, input, paths }] of Object.entries(cases)) {
  describe(name, () => {
    it('is computed with the effective weights, trained around them, and is a stock model again afterwards', async () => {
      await expectNoLeak(async () => {
        const model = make();
        const given = input();
        const x = model.inputs.length > 1 ? model.inputs.map(() => given) : given;
        const outputs = () => tf.tidy(() => [model.predict(x)].flat().map((y) => Float32Array.from(y.dataSync())));
        const sites = findSites(model).filter((site) => site.role === 'kernel');
        expect(sites.map((site) => site.path).sort()).toEqual([...paths].sort());
        const before = sites.map((site) => site.layers.at(-1)![site.field as never]);
        const { kernels, detach } = await attach(model, sites, options);
        for (const kernel of kernels) {
          kernel.splicing = true;
          kernel.setStates(Uint8Array.from({ length: kernel.size }, (_, i) => [FREE, PRUNED, FROZEN][i % 3]));
        }
        const frozenBefore = kernels.map((kernel) =>
          kernel.variable
            .read()
            .dataSync()
            .filter((_, i) => i % 3 === 2),
        );
        model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
        const y = tf.tidy(() => [model.predict(x)].flat().map((t) => tf.add(t, 1)));
        for (let i = 0; i < 3; i++) await model.trainOnBatch(x, y.length > 1 ? y : y[0]);
        kernels.forEach((kernel, i) => {
          const values = kernel.variable.read().dataSync();
          expect(bitsOf(values.filter((_, j) => j % 3 === 2))).toEqual(bitsOf(frozenBefore[i]));
        });
        const attached = outputs();
        const effective = kernels.map((kernel) => tf.tidy(() => kernel.effective().dataSync()));
        await detach();
        sites.forEach((site, i) => {
          expect(site.layers.at(-1)![site.field as never]).toBe(before[i]);
          expect(kernelAt(site)).toBeUndefined();
          expect(Object.hasOwn(site.variable.read(), 'assign')).toBe(false);
          expect(bitsOf(site.variable.read().dataSync())).toEqual(bitsOf(effective[i]));
        });
        outputs().forEach((received, i) => {
          expect(relativeError(received, attached[i])).toBeLessThan(1e-6);
        });
        // model.dispose() leaves layers alone that are applied more than once.
        tf.dispose([x, y, model.weights.map((weight) => weight.read())]);
        model.optimizer.dispose();
      });
    });
  });
}

describe('attach', () => {
  it('lets nothing through the mask, NaN neither', async () => {
    const model = cases.Dense.make();
    const { kernels, detach } = await attach(model, findSites(model).slice(0, 1), options);
    kernels[0].setValues(new Float32Array(12).fill(Number.NaN));
    kernels[0].setStates(new Uint8Array(12).fill(PRUNED));
    expect(await kernels[0].values()).toEqual(new Float32Array(12));
    expect([...tf.tidy(() => kernels[0].read().dataSync())]).toEqual(new Array(12).fill(0));
    await detach();
    expect([...model.getWeights()[0].dataSync()]).toEqual(new Array(12).fill(0));
    model.dispose();
  });

  it('shares one kernel between attachments and lets go with the last', async () => {
    const model = cases.Dense.make();
    const sites = findSites(model).slice(0, 1);
    const [a, b] = await Promise.all(['a', 'b'].map((slot) => attach(model, sites, { ...options, slot })));
    expect(a.kernels[0]).toBe(b.kernels[0]);
    await a.detach();
    await a.detach();
    expect(kernelAt(sites[0])).toBe(b.kernels[0]);
    await b.detach();
    expect(kernelAt(sites[0])).toBeUndefined();
    model.dispose();
  });

  it('saves zeros where pruned while it is on, and nothing else is changed', async () => {
    const model = cases.Dense.make();
    const plain = new MemoryHandler();
    await model.save(plain);
    const { kernels, detach } = await attach(model, findSites(model).slice(0, 1), options);
    kernels[0].setStates(Uint8Array.from({ length: 12 }, (_, i) => (i < 4 ? PRUNED : FREE)));
    const during = new MemoryHandler();
    await model.save(during);
    const values = (file: MemoryHandler) => new Float32Array(file.artifacts!.weightData as ArrayBuffer);
    expect([...values(during)]).toEqual([...values(plain)].map((value, i) => (i < 4 ? 0 : value)));
    expect(during.artifacts!.modelTopology).toEqual(plain.artifacts!.modelTopology);
    await detach();
    model.dispose();
  });
});
