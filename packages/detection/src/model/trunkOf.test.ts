import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { tinyDetector, tinyImage } from '../tinyDetector.testing.js';
import { Detector } from './Detector.js';
import { levelsOf } from './levels.js';
import { trunkOf } from './trunkOf.js';

const conv = (name: string, inputShape?: (number | null)[]) =>
  layers.conv2d({ name, filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', inputShape });

/** As published: for one size, with a head that only fits that. */
const published = (size = 32) =>
  sequential({
    layers: [
      conv('a', [size, size, 3]),
      layers.batchNormalization({ name: 'bn' }),
      conv('b'),
      conv('c'),
      layers.flatten(),
      layers.dense({ units: 5 }),
    ],
  });

const detectorOf = (trunk: LayersModel, more = {}) => tinyDetector({ trunk, levels: undefined, ...more });

/** The same detections after save and load. */
async function expectKept(detector: Detector) {
  const handler = new MemoryHandler();
  await detector.save(handler);
  const loaded = await Detector.load(handler);
  const found = await detector.detect(tinyImage(), { scoreThreshold: 0 });
  expect(found.length).toBeGreaterThan(4);
  expect(await loaded.detect(tinyImage(), { scoreThreshold: 0 })).toEqual(found);
}

describe('trunkOf', () => {
  it('gives what the published layers give, at any size, and shares their weights', async () => {
    const whole = published();
    const upTo = model({ inputs: whole.inputs, outputs: whole.getLayer('c').output as SymbolicTensor });
    const trunk = trunkOf(whole, { levels: ['bn', 'b', 'c'] });
    expect(trunk.inputs[0].shape).toEqual([null, null, null, 3]);
    expect(levelsOf(trunk, ['bn', 'b', 'c']).strides).toEqual([2, 4, 8]);
    expect(trunk.weights.every((weight) => whole.weights.includes(weight))).toBe(true);
    expect(trunk.weights.length).toBe(10);
    const pixels = tf.randomNormal([1, 32, 32, 3], 0, 1, 'float32', 1);
    const [, , deep] = trunk.predict(pixels) as tf.Tensor[];
    expect(deep.dataSync()).toEqual((upTo.predict(pixels) as tf.Tensor).dataSync());
    expect((trunk.predict(tf.zeros([1, 48, 80, 3])) as tf.Tensor[])[2].shape).toEqual([1, 6, 10, 4]);
    await expectKept(detectorOf(trunk));
  });

  it('goes through branches, layers used twice, and models inside of models', async () => {
    const block = sequential({
      name: 'block',
      layers: [conv('inner', [16, 16, 4]), layers.reLU({ name: 'innerReLU' })],
    });
    const image = input({ shape: [32, 32, 3] });
    const a = conv('a').apply(image) as SymbolicTensor;
    const shared = layers.conv2d({ name: 'shared', filters: 4, kernelSize: 3, padding: 'same' });
    const twice = layers
      .add({ name: 'sum' })
      .apply([shared.apply(a), shared.apply(shared.apply(a))] as SymbolicTensor[]);
    const inside = model({ inputs: image, outputs: twice as SymbolicTensor, name: 'inside' });
    const outer = input({ shape: [32, 32, 3] });
    const c = conv('c').apply(block.apply(inside.apply(outer))) as SymbolicTensor;
    const trunk = trunkOf(model({ inputs: outer, outputs: c }), { levels: ['sum', 'block', 'c'] });
    expect(trunk.outputs.map(({ sourceLayer }) => sourceLayer.name)).toEqual(['sum', 'innerReLU', 'c']);
    const reference = model({ inputs: outer, outputs: c });
    const pixels = tf.randomNormal([1, 32, 32, 3], 0, 1, 'float32', 2);
    const [, , deep] = trunk.predict(pixels) as tf.Tensor[];
    expect(deep.dataSync()).toEqual((reference.predict(pixels) as tf.Tensor).dataSync());
    await expectKept(detectorOf(trunk));
  });

  it('goes into models that a Sequential begins with, as Teachable Machine nests them', async () => {
    const image = input({ shape: [32, 32, 3] });
    const features = model({
      inputs: image,
      outputs: conv('b').apply(conv('a').apply(image)) as SymbolicTensor,
      name: 'm',
    });
    const inner = sequential({ name: 'inner', layers: [features, conv('c')] });
    const whole = sequential({ layers: [inner, layers.globalAveragePooling2d({}), layers.dense({ units: 2 })] });
    const pixels = tf.randomNormal([1, 32, 32, 3], 0, 1, 'float32', 2);
    for (const levels of [
      ['a', 'b', 'c'],
      ['a', 'm', 'inner'],
    ] as [string, string, string][]) {
      const trunk = trunkOf(whole, { levels });
      const expected = inner.predict(pixels) as tf.Tensor;
      expect((trunk.predict(pixels) as tf.Tensor[])[2].dataSync()).toEqual(expected.dataSync());
      await expectKept(detectorOf(trunk));
    }
  });

  it('names what does not fit', () => {
    const whole = published();
    const of = (options: object) => () => trunkOf(whole, options as never);
    expect(of({ level: ['a', 'b', 'c'] })).toThrow("trunkOf has no option 'level'. Did you mean 'levels'?");
    expect(of({ levels: ['a', 'b'] })).toThrow('levels: expected the names of three layers, shallow to deep');
    expect(of({ levels: ['a', 'b', 'd'] })).toThrow("levels: expected names of layers of the model, received 'd'.");
    const flat = () => trunkOf(whole, { levels: ['a', 'b', whole.layers[5].name] });
    expect(flat).toThrow(/^trunkOf: layer '.*' cannot take images of any size: /);
    const grey = sequential({ layers: [conv('a', [32, 32, 1])] });
    expect(() => trunkOf(grey, { levels: ['a', 'a', 'a'] })).toThrow('a model with one input of shape');
    expect(() => tinyDetector({ trunk: whole, levels: ['a', 'b', 'c'] })).toThrow(
      'which trunkOf(model, { levels }) makes',
    );
  });
});

describe('hyperNet on a trunk', () => {
  it('whose layers are used by another model, too', async () => {
    const whole = published();
    const image = input({ shape: [null, null, 3] });
    const outputs = whole.layers
      .slice(0, 4)
      .reduce((x, layer) => layer.apply(x) as SymbolicTensor, image as SymbolicTensor);
    const detector = tinyDetector({ trunk: model({ inputs: image, outputs }), levels: ['a', 'b', 'c'] });
    expect(detector.strides).toEqual([2, 4, 8]);
    await expectKept(detector);
  });

  it('of which the levels are models', async () => {
    const block = (name: string, channels: number) =>
      sequential({ name, layers: [conv(`${name}c`, [null, null, channels]), layers.reLU({ name: `${name}r` })] });
    const image = input({ shape: [null, null, 3] });
    const blocks = [block('a', 3), block('b', 4), block('c', 4)];
    const outputs = blocks.reduce((x, each) => each.apply(x) as SymbolicTensor, image as SymbolicTensor);
    const detector = tinyDetector({ trunk: model({ inputs: image, outputs }), levels: ['a', 'b', 'c'] });
    expect(detector.strides).toEqual([2, 4, 8]);
    await expectKept(detector);
  });

  it('keeps what the user froze, and lets train what an earlier detector froze', () => {
    const trunk = trunkOf(published(), { levels: ['a', 'b', 'c'] });
    const trainable = () => ['a', 'b', 'c'].map((name) => trunk.getLayer(name).trainable);
    trunk.getLayer('a').trainable = false;
    detectorOf(trunk, { fineTune: true });
    expect(trainable()).toEqual([false, true, true]);
    detectorOf(trunk);
    expect(trainable()).toEqual([false, false, false]);
    detectorOf(trunk, { fineTune: true });
    expect(trainable()).toEqual([false, true, true]);
    for (const layer of trunk.layers) layer.trainable = false;
    expect(() => detectorOf(trunk, { fineTune: true })).toThrow(
      'fineTune: expected a trunk with a layer that is not frozen',
    );
  });
});
