import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

/**
 * Loads a model, what is loaded by `handler`; returns its layers' classes and what it
 * predicts for ones.
 */
export async function load(handler) {
  await tf.setBackend('cpu');
  const model = await loadLayersModel(handler);
  const outputs = model.predict(tf.ones([1, 4]));
  return { classes: model.layers.map((layer) => layer.getClassName()), outputs: [...outputs.dataSync()] };
}

/** The plain model that save.js wrote, loaded by tfjs's own means. */
export async function plain() {
  const { weights, ...artifacts } = await (await fetch('models/plain.json')).json();
  return tf.io.fromMemory({ ...artifacts, weightData: Uint8Array.from(weights).buffer });
}
