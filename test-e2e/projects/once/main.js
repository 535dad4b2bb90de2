import * as tf from '@tensorflow/tfjs';
import { compressOnce } from 'tfjs-compress';

const drop = document.getElementById('drop');
const state = document.getElementById('state');
drop.addEventListener('dragover', (event) => event.preventDefault());
drop.addEventListener('drop', async (event) => {
  event.preventDefault();
  window.result = await compress([...event.dataTransfer.files]).catch((error) => ({ error: error.message }));
});

function makeModel() {
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotNormal({ seed }) });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, inputShape: [32, 32, 3], ...seeded(1) }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: tf.initializers.glorotNormal({ seed: 2 }) }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, ...seeded(3) }),
    ],
  });
}

async function pixels(file) {
  const bitmap = await createImageBitmap(file);
  return tf.tidy(() => tf.div(tf.image.resizeBilinear(tf.browser.fromPixels(bitmap), [32, 32]), 255));
}

/** With ?backend=NAME on that backend. */
async function compress(files) {
  const backend = new URLSearchParams(location.search).get('backend') ?? 'webgl';
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`);
  let timers = 0;
  const timer = setInterval(() => timers++, 5);
  const images = await Promise.all(files.map(pixels));
  const examples = tf.stack(images);
  const model = makeModel();
  const tensors = tf.memory().numTensors;
  const onProgress = (done) => {
    state.value = `${Math.round(100 * done)}%`;
  };
  const { model: small, notes } = await compressOnce(model, examples, { bits: 4, batchSize: 4, onProgress });
  clearInterval(timer);
  const left = tf.memory().numTensors - tensors - small.weights.length;
  const kernels = small.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  const values = await Promise.all(kernels.map((kernel) => kernel.read().data()));
  const isLevel = (value) => value === 0 || Number.isInteger(Math.log2(Math.abs(value)));
  const [wanted, received] = await Promise.all([model, small].map((each) => each.predict(examples).data()));
  const sum = (numbers) => numbers.reduce((total, each) => total + each ** 2, 0);
  const error = Math.sqrt(sum(wanted.map((value, i) => value - received[i])) / sum(wanted));
  return {
    backend: tf.getBackend(),
    onLevels: values.every((each) => each.every(isLevel)),
    error,
    left,
    notes,
    timers,
  };
}

window.ready = true;
