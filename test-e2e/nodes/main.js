/**
 * node main.js wasm|tensorflow: prunes, quantizes, saves and loads on this Node version;
 * exits with 1 when something is off.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';

const [backend] = process.argv.slice(2);
const require = createRequire(import.meta.url);
if (backend === 'tensorflow') {
  // tfjs-node 4.22 calls what Node 23 took away.
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  require('@tensorflow/tfjs-node');
} else {
  require('@tensorflow/tfjs-backend-wasm');
}
assert.equal(await tf.setBackend(backend), true, `backend ${backend} did not start`);

const layers = [
  tf.layers.dense({
    inputShape: [8],
    units: 16,
    activation: 'relu',
    kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
  }),
  tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }) }),
];
const model = tf.sequential({ layers });
model.compile({ optimizer: tf.train.adam(0.02), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const xs = tf.randomNormal([256, 8], 0, 1, 'float32', 3);
const ys = tf.cast(tf.greater(tf.sum(xs, 1, true), 0), 'float32');
const fit = (callback, epochs) => model.fit(xs, ys, { epochs, verbose: 0, callbacks: [callback] });
const kernels = () => model.layers.flatMap((layer) => [...layer.getWeights()[0].dataSync()]);

await fit(new SurgeryCallback({ targetSparsity: 0.5, verbose: 0 }), 12);
const pruned = kernels().filter((weight) => weight === 0).length;
assert.equal(pruned, kernels().length / 2, 'half of the weights are 0 after surgery');

const { history } = await fit(new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], verbose: 0 }), 8);
const isLevel = (weight) => weight === 0 || Number.isInteger(Math.log2(Math.abs(weight)));
assert.deepEqual(
  kernels().filter((weight) => !isLevel(weight)),
  [],
  'every weight is 0 or a power of two',
);
assert.ok(kernels().filter((weight) => weight === 0).length >= pruned, 'pruned weights stay 0');

let saved;
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }),
);
const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
assert.deepEqual(loaded.predict(xs).dataSync(), model.predict(xs).dataSync(), 'the loaded model predicts the same');

if (backend === 'wasm') {
  const { registerTrainingKernels } = await import('@tfjs-compress/wasm-training');
  registerTrainingKernels();
  const images = tf.randomNormal([4, 9, 9, 3], 0, 1, 'float32', 4);
  const filter = tf.randomNormal([3, 3, 3, 5], 0, 1, 'float32', 5);
  const gradients = () =>
    tf
      .grads((x, w) => tf.conv2d(x, w, 1, 'same'))([images, filter])
      .map((dx) => dx.dataSync());
  const got = gradients();
  await tf.setBackend('cpu');
  gradients().forEach((wanted, i) => {
    const apart = Math.max(...wanted.map((value, j) => Math.abs(value - got[i][j])));
    assert.ok(apart < 1e-3, `gradient ${i} of a convolution is ${apart} from the cpu backend's`);
  });
}

const accuracy = history.acc.at(-1);
assert.ok(accuracy > 0.85, `accuracy ${accuracy}`);
console.log(
  `Node ${process.version}, ${backend}: ${pruned} of ${kernels().length} weights pruned, accuracy ${accuracy.toFixed(3)}`,
);
