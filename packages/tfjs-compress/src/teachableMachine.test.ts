import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { teachableMachine } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

const nonZeros = (model: LayersModel, index: number) =>
  model.layers[index]
    .getWeights()[0]
    .dataSync()
    .filter((value) => value !== 0);

/** Pruned to half, then quantized, each with the one line. */
async function fineTune(model: LayersModel, xs: tf.Tensor, ys: tf.Tensor): Promise<number[]> {
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const surgery = await model.fit(xs, ys, {
    epochs: 4,
    verbose: 0,
    callbacks: new SurgeryCallback({ targetSparsity: 0.5, verbose: 0 }),
  });
  const callbacks = new INQScheduler({ steps: [0.5, 1], verbose: 0 });
  const inq = await model.fit(xs, ys, { epochs: 4, verbose: 0, callbacks });
  return [...surgery.history.loss, ...inq.history.loss] as number[];
}

function expectCompressed(head: LayersModel): void {
  for (const [index, size] of [
    [0, 128_000],
    [1, 300],
  ]) {
    const values = nonZeros(head, index);
    expect(values.length).toBe(size / 2);
    expect(values.every((value) => Number.isInteger(Math.log2(Math.abs(value))))).toBe(true);
  }
}

function layersIn(layer: { layers?: LayersModel['layers'] }): LayersModel['layers'] {
  return (layer.layers ?? []).flatMap((each) => [each, ...layersIn(each as { layers?: LayersModel['layers'] })]);
}

it('the head of a Teachable Machine export is fine-tuned with the one line, on its features', async () => {
  const head = teachableMachine().layers[1] as Sequential;
  const xs = tf.randomUniform([30, 1280], 0, 1, 'float32', 1);
  const ys = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 30 }, (_, i) => i % 3),
      'int32',
    ),
    3,
  );
  const loss = await fineTune(head, xs, ys);
  expect(loss.at(-1)).toBeLessThan(loss[0]);
  expectCompressed(head);
});

it.skipIf(process.env.TFJS_BACKEND === 'cpu')('so is the whole model, its features fixed', async () => {
  const model = teachableMachine();
  // tfjs trains the layers inside a nested model whatever the model's own `trainable`
  // says.
  for (const layer of layersIn(model.layers[0] as Sequential)) layer.trainable = false;
  const kernels = () =>
    model.layers[0].weights.filter(({ shape }) => shape.length > 1).map((weight) => weight.read().dataSync());
  const before = kernels();
  const [xs, ys] = [tf.randomUniform([3, 224, 224, 3], -1, 1, 'float32', 1), tf.oneHot([0, 1, 2], 3)];
  await fineTune(model, xs, ys);
  expectCompressed(model.layers[1] as Sequential);
  // Not toEqual, which takes seconds.
  expect(kernels().every((values, i) => values.every((value, j) => value === before[i][j]))).toBe(true);
});
