import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { relativeError } from '@tfjs-compress/testing';
import { expect } from 'vitest';
import type { Graph } from '../graph/Graph.js';
import { type GraphArtifacts, readGraph } from '../graph/readGraph.js';
import { allLayers } from '../lower/allLayers.js';
import { Model } from '../Model.js';
import { all } from '../program/binaries.js';
import { instantiate } from '../program/instantiate.js';

const instance = await instantiate(all);

/** What a file says in the runtime, without passes by default. */
export function runtimeFrom(artifacts: GraphArtifacts, prepare = (graph: Graph) => graph): Model {
  return new Model({ graph: prepare(readGraph(artifacts)), lowerings: allLayers, instance });
}

/** A tfjs model in the runtime, without passes. */
export const inRuntime = async (model: LayersModel): Promise<Model> =>
  runtimeFrom((await artifactsOf(model)) as GraphArtifacts);

/** The prediction for some inputs, in the order of the outputs. */
export function predictionOf(runtime: Model, inputs: tf.Tensor[]): Float32Array[] {
  const named = runtime.inputs.map(({ name }, i) => {
    return [name, { data: inputs[i].dataSync(), shape: inputs[i].shape }] as const;
  });
  const prediction = runtime.predict<any>(Object.fromEntries(named));
  return runtime.outputs.length === 1 ? [prediction] : runtime.outputs.map(({ name }) => prediction[name]);
}

/**
 * Compares the predictions for lists of inputs, each with any sizes, with tfjs's, one
 * after the other.
 */
export async function expectEqual(model: LayersModel, lists: tf.Tensor[][], limit = 1e-5): Promise<void> {
  const runtime = await inRuntime(model);
  for (const inputs of lists) {
    const expected = [model.predictOnBatch(inputs.length === 1 ? inputs[0] : inputs)].flat();
    const received = predictionOf(runtime, inputs);
    expected.forEach((tensor, i) => {
      const size = runtime.outputs[i].shape;
      expect(tensor.shape.map((one, j) => (size[j] === null ? null : one))).toEqual(size);
      expect(received[i].length).toBe(tensor.size);
      expect(relativeError(received[i], tensor.dataSync())).toBeLessThanOrEqual(limit);
    });
    tf.dispose([...inputs, ...expected]);
  }
  runtime.dispose();
}
