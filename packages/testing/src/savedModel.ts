import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { MemoryHandler } from './memoryHandler.js';
import { seededTensor } from './seeded.js';

/** What a model saves, as a file would hold it. */
export async function saved(model: LayersModel): Promise<tf.io.ModelArtifacts & { weightSpecs: any[] }> {
  const handler = new MemoryHandler();
  await model.save(handler);
  return (await handler.load()) as tf.io.ModelArtifacts & { weightSpecs: any[] };
}

/** An input for each of a model's inputs; free dimensions have size 5. */
export function inputsFor(model: LayersModel, batch = 2, seed = 7): tf.Tensor[] {
  const isEmbedded = model.layers.some((layer) => layer.getClassName() === 'Embedding');
  return model.inputs.map(({ shape }, i) => {
    const [, ...rest] = shape.map((size) => size ?? 5);
    const values = seededTensor([batch, ...rest], seed + i);
    return isEmbedded ? tf.minimum(tf.floor(tf.mul(tf.abs(values), 2)), 9) : values;
  });
}

export function outputsOf(model: LayersModel, inputs: tf.Tensor[]): number[][] {
  const outputs = [model.predict(inputs, { batchSize: 64 })].flat() as tf.Tensor[];
  return outputs.map((output) => [...output.dataSync()]);
}
