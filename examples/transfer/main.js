/**
 * Teaches a finished trunk new classes with few images, and makes all of it small:
 * `npm start`, or `npm start -- MODEL IMAGES` with a tfjs model's folder (a Teachable
 * Machine export as it comes) and a folder that holds a folder of images for each
 * class.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { loadModel } from '@tfjs-compress/runtime';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { BestWeights, compressed, compressOnce, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { digitsTask } from './digitsTask.js';
import { ownTask } from './ownTask.js';

process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const epochs = Number(process.env.EPOCHS ?? 60);
if (!(epochs >= 6)) throw new Error(`EPOCHS: expected a number of at least 6, received '${process.env.EPOCHS}'.`);
registerTrainingKernels(); // WebAssembly cannot train convolutions without them
await tf.setBackend('wasm');

const [folder, images] = process.argv.slice(2);
const { trunk, classes, sets } = folder ? await ownTask(folder, images) : await digitsTask();
const { train, validation, test } = sets;
const count = ({ xs }) => xs.shape[0];
console.log(`${classes.join(', ')}: ${count(train)} images train, ${count(validation)} choose, ${count(test)} judge.`);

// The trunk stays as it is, so what it makes of each image is computed once. Training
// the head takes seconds then.
const featuresOf = (net, { xs, ys }) => [net.predict(xs, { batchSize: 16 }), ys];
const [x, y] = featuresOf(trunk, train);
const validationData = featuresOf(trunk, validation);

const head = tf.sequential({
  layers: [
    tf.layers.dense({ units: 32, activation: 'relu', inputShape: x.shape.slice(1) }),
    tf.layers.dense({ units: classes.length, activation: 'softmax' }),
  ],
});
async function fit(epochs, ...callbacks) {
  head.compile({ optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy' });
  callbacks.push(new BestWeights({ monitor: 'val_loss' })); // validation chooses the epoch
  await head.fit(x, y, { epochs, batchSize: 16, validationData, verbose: 0, callbacks });
}

/**
 * Test accuracy and milliseconds for an image of a function from its values to the
 * probabilities of the classes.
 */
function judge(predict) {
  const [values, answers] = [test.xs.dataSync(), tf.argMax(test.ys, 1).dataSync()];
  const size = values.length / count(test);
  const start = performance.now();
  const right = answers.filter((answer, i) => {
    const probabilities = predict(values.subarray(i * size, (i + 1) * size));
    return probabilities.indexOf(Math.max(...probabilities)) === answer;
  });
  const ms = (performance.now() - start) / count(test);
  const share = (100 * right.length) / count(test);
  return { 'test accuracy, %': Number(share.toFixed(1)), 'ms per image': Number(ms.toPrecision(2)) };
}

await fit(epochs);
const whole = (net) => tf.sequential({ layers: [net, head] });
const shape = [1, ...test.xs.shape.slice(1)];
const before = whole(trunk);
const withTfjs = (image) => tf.tidy(() => before.predict(tf.tensor(image, shape)).dataSync());
const rows = { before: { ...judge(withTfjs), bytes: 4 * before.countParams() } };

// The trunk is rounded to 8 bits without training; the head is trained on, pruned and
// quantized.
let told = 0;
const onProgress = (done) => {
  if (done < told + 0.2) return;
  told = done;
  console.log(`The trunk is rounded: ${Math.round(100 * done)}%`);
};
const { model: small } = await compressOnce(trunk, train.xs, { levels: 'uniform', bits: 8, onProgress });
await fit(epochs, new SurgeryCallback({ targetSparsity: 0.8, verbose: 0 }), new INQScheduler({ verbose: 0 }));
const { sizeBytes } = await whole(small).save(compressed('file://output/model.tfz'));

const model = await loadModel(readFileSync('output/model.tfz')); // without TensorFlow.js
console.table({ ...rows, after: { ...judge((image) => model.predict(image)), bytes: sizeBytes } });
