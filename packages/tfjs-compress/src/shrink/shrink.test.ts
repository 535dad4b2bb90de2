import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { storedWeights } from '@tfjs-compress/format/internal';
import { maskedDense } from '@tfjs-compress/layers';
import { inputsFor, killUnits, outputsOf, randomModel, relativeError, saved } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphArtifacts } from '../testing.js';
import { formatUnits } from './formatUnits.js';
import { type Shrunk, shrink } from './shrink.js';
import { shrinkArtifacts } from './shrinkArtifacts.js';

const { layers, sequential, input } = tfl;
type T = tfl.SymbolicTensor;

/** Other backends add in float32, and in another order where there is less to add. */
const limit = process.env.TFJS_BACKEND === 'cpu' ? 1e-6 : 1e-5;

/** Shrinks, compares the outputs, and returns what it returned. */
async function shrunk(model: tfl.LayersModel): Promise<Shrunk> {
  const before = JSON.stringify(model.getWeights().map((weight) => [...weight.dataSync()]));
  const result = await shrink(model);
  const inputs = inputsFor(model, 3);
  const received = outputsOf(result.model, inputs);
  outputsOf(model, inputs).forEach((expected, i) => {
    expect(relativeError(received[i], expected)).toBeLessThan(limit);
  });
  expect(result.model.inputs.map(({ shape }) => shape)).toEqual(model.inputs.map(({ shape }) => shape));
  expect(result.model.outputs.map(({ shape }) => shape)).toEqual(model.outputs.map(({ shape }) => shape));
  expect(JSON.stringify(model.getWeights().map((weight) => [...weight.dataSync()]))).toBe(before);
  return result;
}

/** Sets columns (outputs) and rows (inputs) of a layer's kernel to 0. */
function zero(layer: tfl.layers.Layer, { columns = [] as number[], rows = [] as number[] }): void {
  const [kernel, ...others] = layer.getWeights();
  const [height, width] = kernel.shape.slice(-2);
  const values = kernel.dataSync().map((value, i) => {
    const isDead = columns.includes(i % width) || rows.includes(Math.floor(i / width) % height);
    return isDead ? 0 : value + 0.1;
  });
  layer.setWeights([tf.tensor(values, kernel.shape), ...others]);
}

const after = ({ rows }: Shrunk) => Object.fromEntries(rows.map((row) => [row.layer, row.after]));

describe('shrink', () => {
  it('computes the same for random models with random dead units', async () => {
    let fewer = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const model = randomModel(seed);
        killUnits(model, seed);
        const { model: small } = await shrunk(model);
        if (small.countParams() < model.countParams()) fewer++;
      }),
      { numRuns: 25 },
    );
    expect(fewer).toBeGreaterThan(15);
  });

  it('removes units that nobody reads and units that are constant', async () => {
    const first = layers.dense({ units: 6, inputShape: [4], activation: 'sigmoid', name: 'first' });
    const second = layers.dense({ units: 5, activation: 'relu', name: 'second' });
    const last = layers.dense({ units: 2, useBias: false, name: 'last' });
    const model = sequential({ layers: [first, second, last] });
    zero(first, { columns: [0, 3] });
    zero(second, { rows: [1, 3] });
    zero(last, { rows: [4] });
    const result = await shrunk(model);
    expect(result.rows).toEqual([
      { layer: 'first', className: 'Dense', before: 6, after: 3 },
      { layer: 'second', className: 'Dense', before: 5, after: 4 },
      { layer: 'last', className: 'Dense', before: 2, after: 2 },
    ]);
    expect(formatUnits(result.rows).split('\n').at(-1)).toMatch(/^total +13 +9$/);
  });

  it('gives a layer a bias where a constant needs one, and a single unit stays', async () => {
    const first = layers.dense({ units: 3, inputShape: [4], activation: 'sigmoid', name: 'first' });
    const last = layers.dense({ units: 2, useBias: false, name: 'last' });
    const model = sequential({ layers: [first, last] });
    zero(first, { columns: [0, 1, 2] });
    const result = await shrunk(model);
    expect(after(result)).toEqual({ first: 1, last: 2 });
    expect(result.rows[0].reason).toBe('1 constant: one unit has to stay');
    expect(result.model.getLayer('last').getWeights().length).toBe(2);
  });

  it('goes through convolutions, normalization, pooling and flatten', async () => {
    const first = layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', inputShape: [8, 8, 2], name: 'first' });
    const second = layers.conv2d({ filters: 5, kernelSize: 3, padding: 'valid', activation: 'relu', name: 'second' });
    const depthwise = layers.depthwiseConv2d({ kernelSize: 3, padding: 'valid', name: 'depthwise' });
    const last = layers.dense({ units: 3, name: 'last' });
    const model = sequential({
      layers: [first, layers.batchNormalization(), second, depthwise, layers.maxPooling2d({}), layers.flatten(), last],
    });
    zero(first, { columns: [0, 5] });
    zero(second, { columns: [1], rows: [2] });
    zero(last, { rows: [4] });
    expect(after(await shrunk(model))).toEqual({ first: 3, second: 4, depthwise: 4, last: 3 });
    zero(last, { rows: [4, 9, 14, 19] });
    expect(after(await shrunk(model))).toEqual({ first: 3, second: 3, depthwise: 3, last: 3 });
  });

  it('says where a constant cannot go: zeros around the input of a convolution', async () => {
    const first = layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [4, 4, 2], activation: 'sigmoid', name: 'a' });
    const same = layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'b' });
    const model = sequential({ layers: [first, same] });
    zero(first, { columns: [1] });
    const { rows } = await shrunk(model);
    expect(rows[0]).toMatchObject({
      after: 3,
      reason: "1 constant: b (Conv2D) reads zeros around its input, where a constant doesn't reach",
    });
    const depthwise = layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2, name: 'depthwise' });
    const deeper = sequential({ layers: [first, depthwise, layers.dense({ units: 2 })] });
    expect((await shrunk(deeper)).rows[0].reason).toBe(
      "1 constant: depthwise (DepthwiseConv2D) reads zeros around its input, where a constant doesn't reach",
    );
  });

  it('takes both sides of an addition or none, and all uses of a shared layer', async () => {
    const x = input({ shape: [4] });
    const [a, b] = ['a', 'b'].map((name) => layers.dense({ units: 4, activation: 'relu', name }));
    const sum = layers.add({ name: 'sum' }).apply([a.apply(x) as T, b.apply(x) as T]) as T;
    const last = layers.dense({ units: 2, name: 'last' });
    const model = tfl.model({ inputs: x, outputs: last.apply(sum) as T });
    zero(a, { columns: [0, 1] });
    zero(b, { columns: [1, 2] });
    const result = await shrunk(model);
    expect(after(result)).toEqual({ a: 3, b: 3, last: 2 });
    expect(result.rows[0].reason).toBe('1 constant: sum: both sides would have to lose the same channels');
    zero(last, { rows: [0] });
    expect(after(await shrunk(model))).toEqual({ a: 2, b: 2, last: 2 });

    const shared = layers.dense({ units: 4, name: 'shared' });
    const twice = tfl.model({ inputs: x, outputs: last.apply(shared.apply(shared.apply(x) as T) as T) as T });
    expect(after(await shrunk(twice))).toEqual({ shared: 4, last: 2 });
  });

  it('reads through nested models, TimeDistributed, recurrent layers and embeddings', async () => {
    const embedding = layers.embedding({ inputDim: 10, outputDim: 4, inputLength: 5, name: 'embedding' });
    const dense = layers.dense({ units: 6, activation: 'sigmoid', name: 'dense' });
    const step = layers.timeDistributed({ layer: dense, name: 'step' });
    const inner = sequential({ layers: [layers.lstm({ units: 3, name: 'lstm', inputShape: [5, 6] })] });
    const model = sequential({ layers: [embedding, step, inner, layers.dense({ units: 2, name: 'last' })] as any });
    zero(step, { columns: [2], rows: [3] });
    zero(inner.layers[0], { rows: [0] });
    const result = await shrunk(model);
    expect(after(result)).toEqual({ embedding: 3, step: 4, [`${inner.name}/lstm`]: 3, last: 2 });
    expect(result.rows[2].reason).toBe('the units of recurrent layers are kept');
  });

  it('keeps what a layer of the user reads', async () => {
    class Reversed extends tfl.layers.Layer {
      static className = 'Reversed';
      override call(x: tf.Tensor | tf.Tensor[]) {
        return tf.reverse([x].flat()[0], 1);
      }
    }
    tf.serialization.registerClass(Reversed);
    const first = layers.dense({ units: 3, inputShape: [4], name: 'first' });
    const model = sequential({ layers: [first, new Reversed({ name: 'mine' }), layers.dense({ units: 1 })] });
    zero(first, { columns: [1] });
    const { rows } = await shrunk(model);
    expect(rows[0]).toMatchObject({ after: 3, reason: '1 constant: mine (Reversed) needs all of its input' });
  });

  it('makes stock layers of masked ones', async () => {
    const masked = maskedDense({ units: 4, inputShape: [3], name: 'masked' });
    const model = sequential({ layers: [masked, layers.dense({ units: 2 })] });
    const state = model.weights.find(({ name }) => name.includes('state'))!;
    state.write(
      tf.tensor(
        Float32Array.from({ length: 12 }, (_, i) => (i % 4 === 1 ? 0 : 1)),
        [3, 4],
      ),
    );
    const { model: small } = await shrunk(model);
    expect(small.layers[0].getClassName()).toBe('Dense');
    expect(small.layers[0].outputShape).toEqual([null, 3]);
  });
});

describe('shrinkArtifacts', () => {
  it('keeps the storage of quantized weights, and leaves out those of the optimizer', async () => {
    const first = layers.dense({ units: 4, inputShape: [3], name: 'first' });
    const model = sequential({ layers: [first, layers.dense({ units: 2, name: 'last' })] });
    zero(first, { columns: [2] });
    const artifacts = await saved(model);
    const half = { dtype: 'float16' as const };
    const byte = { dtype: 'uint8' as const, scale: 0.5, min: -1 };
    const specs = [
      { ...artifacts.weightSpecs[0], quantization: half },
      artifacts.weightSpecs[1],
      { ...artifacts.weightSpecs[2], quantization: byte },
      artifacts.weightSpecs[3],
      { name: 'Adam/m', shape: [1], dtype: 'float32', group: 'optimizer' },
    ];
    const halves = Uint16Array.from({ length: 12 }, (_, i) => (i % 4 === 2 ? 0 : 0x3c00 + i));
    const bytes = [halves, new Float32Array(4), Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]), new Float32Array(3)];
    const weightData = Uint8Array.from(bytes.flatMap((each) => [...new Uint8Array(each.buffer)])).buffer;
    const given = { ...artifacts, weightSpecs: specs as tf.io.WeightsManifestEntry[], weightData };
    const { artifacts: small } = shrinkArtifacts(given);
    const stored = storedWeights(small);
    expect(stored.map(({ spec }) => [spec.name, spec.shape, spec.quantization])).toEqual([
      ['first/kernel', [3, 3], half],
      ['first/bias', [3], undefined],
      ['last/kernel', [3, 2], byte],
      ['last/bias', [2], undefined],
    ]);
    expect([...stored[2].bytes]).toEqual([0, 1, 2, 3, 6, 7]);
    const [before, now] = await Promise.all(
      [given, small].map((each) => tfl.loadLayersModel({ load: async () => each })),
    );
    const inputs = inputsFor(before);
    expect(relativeError(outputsOf(now, inputs)[0], outputsOf(before, inputs)[0])).toBeLessThan(1e-6);
    // The given artifacts are as they were.
    expect(JSON.stringify(given.modelTopology)).toBe(JSON.stringify(artifacts.modelTopology));
  });

  it('refuses graph models', () => {
    expect(() => shrinkArtifacts(graphArtifacts())).toThrow(/graph model/);
  });
});
