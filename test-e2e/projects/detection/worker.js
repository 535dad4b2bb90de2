/**
 * Detects in a worker what a page sends: { artifacts, backend } once, then images with
 * an id.
 */
import * as tf from '@tensorflow/tfjs';
import { Detector } from '@tfjs-compress/detection';

let loading;

async function load({ artifacts, backend }) {
  await tf.setBackend(backend);
  return Detector.load(tf.io.fromMemory(artifacts));
}

self.onmessage = async ({ data }) => {
  if (data.artifacts) {
    loading = load(data);
    return;
  }
  const { id, image, options } = data;
  try {
    const detector = await loading;
    postMessage({ id, backend: tf.getBackend(), found: await detector.detect(image, options) });
  } catch (error) {
    postMessage({ id, message: error.message });
  }
};
