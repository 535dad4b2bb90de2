import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, type layers, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { relativeError, seededTensor, seededValues } from '@tfjs-compress/testing';
import { expect } from 'vitest';
import type { Graph } from '../graph/Graph.js';
import { readGraph } from '../graph/readGraph.js';
import { allLayers } from '../lower/allLayers.js';
import { Model } from '../Model.js';
import { all } from '../program/binaries.js';
import { instantiate } from '../program/instantiate.js';

const instance = await instantiate(all);

/** A tfjs model in the runtime, without passes. */
export async function runtimeOf(model: LayersModel, prepare = (graph: Graph) => graph): Promise<Model> {
  const graph = prepare(readGraph((await artifactsOf(model)) as any));
  return new Model({ graph, lowerings: allLayers, instance });
}

/**
 * Random weights, a part of them 0, so that all kernels get their share; variances stay
 * positive.
 */
export function randomize(model: LayersModel, seed: number, sparsity = 0.5): void {
  tf.tidy(() => {
    const weights = model.weights.map(({ name, shape: size }, i) => {
      const values = seededValues(
        size.reduce<number>((product, one) => product * one!, 1),
        seed + 2 * i,
      );
      const drop = seededValues(values.length, seed + 2 * i + 1);
      const isVariance = /variance/.test(name);
      const limit = 0.6745 * 2 * (sparsity - 0.5);
      const kept = values.map((value, j) => (isVariance ? 0.5 + value * value : drop[j] < limit ? 0 : value));
      return tf.tensor(kept, size as number[]);
    });
    model.setWeights(weights);
  });
}

/** Inputs of a model for a batch; free sizes but the batch are given. */
function inputsFor(model: LayersModel, batch: number, sizes: number[][] = [], seed = 1): tf.Tensor[] {
  return model.inputs.map(({ shape: all_, dtype }, i) => {
    const size = sizes[i] ? [batch, ...sizes[i]] : all_.map((one, j) => one ?? (j === 0 ? batch : 7));
    return tf.tidy((): tf.Tensor => tf.cast(seededTensor(size as number[], seed + i), dtype as 'float32'));
  });
}

/**
 * Fills what the last program left in memory with NaN: nothing of it may reach the next
 * result.
 */
function poison(runtime: Model): void {
  const { program } = (runtime as any).planned[0];
  const { base, start } = program;
  new Float32Array(instance.memory.memory.buffer, base, (start - base) / 4).fill(Number.NaN);
}

/** Compares the predictions for a few batches with tfjs's on the backend of the test. */
export async function expectSame(
  model: LayersModel,
  { batches = [1, 2, 5], sizes = [] as number[][], limit = 1e-5, prepare = (graph: Graph) => graph } = {},
): Promise<void> {
  const runtime = await runtimeOf(model, prepare);
  for (const batch of batches) {
    const inputs = inputsFor(model, batch, sizes, batch);
    const predicted = model.predictOnBatch(inputs.length === 1 ? inputs[0] : inputs);
    const expected = Array.isArray(predicted) ? predicted : [predicted];
    const record = Object.fromEntries(
      runtime.inputs.map(({ name }, i) => [name, { data: inputs[i].dataSync(), shape: inputs[i].shape }]),
    );
    runtime.predict<any>(record);
    poison(runtime);
    const received = runtime.predict<any>(record);
    expected.forEach((tensor, i) => {
      const values = expected.length === 1 ? received : received[runtime.outputs[i].name];
      const { shape: outputShape } = runtime.outputs[i];
      expect(tensor.shape.map((size, j) => (outputShape[j] === null ? null : size))).toEqual(outputShape);
      expect(values.length).toBe(tensor.size);
      expect(relativeError(values, tensor.dataSync())).toBeLessThanOrEqual(limit);
    });
    tf.dispose([...inputs, ...expected]);
  }
  runtime.dispose();
}

/** A model of layers one after the other with random weights, against tfjs. */
export async function expectLayers(
  list: layers.Layer[],
  { sparsity = 0.5, ...options }: Parameters<typeof expectSame>[1] & { sparsity?: number } = {},
): Promise<void> {
  const model = sequential({ layers: list });
  randomize(model, 11, sparsity);
  await expectSame(model, options);
  model.dispose();
}
