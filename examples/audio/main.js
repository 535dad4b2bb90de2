/**
 * Tells recordings of a second apart by their spectrograms, pruned and quantized:
 * `npm start`, or `npm start -- FOLDER` of yours.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { loadModel } from '@tfjs-compress/runtime';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { BestWeights, compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { loadRecordings } from './recordings.js';
import { bands, oneSecond, spectrogram, steps } from './spectrogram.js';

process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const epochs = Number(process.env.EPOCHS ?? 20);
if (!(epochs >= 4)) throw new Error(`EPOCHS: expected a number of at least 4, received '${process.env.EPOCHS}'.`);
registerTrainingKernels(); // WebAssembly cannot train convolutions without them
await tf.setBackend('wasm');

const recordings = await loadRecordings(process.argv[2]);
const labels = [...new Set(recordings.map(({ label }) => label))].sort();
// Of each label, 3 of 5 recordings train, 1 of 5 chooses, 1 of 5 judges. Those that train
// do so from several beginnings.
const shifts = { train: [0, 100, 200, 300, 400, 500], validation: [200], test: [200] };
const sets = { train: [], validation: [], test: [] };
for (const label of labels)
  for (const [i, { samples, sampleRate }] of recordings.filter((each) => each.label === label).entries()) {
    const part = ['train', 'validation', 'train', 'test', 'train'][i % 5];
    for (const shift of shifts[part])
      sets[part].push({ label: labels.indexOf(label), values: spectrogram(oneSecond(samples, sampleRate, shift)) });
  }
const toTensors = (all) => ({
  xs: tf.reshape(tf.stack(all.map(({ values }) => tf.tensor1d(values))), [all.length, steps, bands, 1]),
  ys: tf.cast(
    tf.oneHot(
      tf.tensor1d(
        all.map(({ label }) => label),
        'int32',
      ),
      labels.length,
    ),
    'float32',
  ),
});
const [train, validation] = [toTensors(sets.train), toTensors(sets.validation)];
console.log(`${recordings.length} recordings of ${labels.join(', ')}; ${sets.test.length} judge.`);

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 12, kernelSize: 3, activation: 'relu', inputShape: [steps, bands, 1] }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ filters: 24, kernelSize: 3, activation: 'relu' }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dropout({ rate: 0.3 }),
    tf.layers.dense({ units: 32, activation: 'relu' }),
    tf.layers.dense({ units: labels.length, activation: 'softmax' }),
  ],
});
async function fit(epochs, ...callbacks) {
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const validationData = [validation.xs, validation.ys];
  callbacks.push(new BestWeights({ monitor: 'val_loss' })); // validation chooses the epoch
  await model.fit(train.xs, train.ys, { epochs, batchSize: 16, validationData, verbose: 0, callbacks });
}

/**
 * Test accuracy and milliseconds for a recording of a function from its spectrogram to
 * the probabilities of the labels.
 */
function judge(predict) {
  predict(sets.test[0].values); // the first prediction also prepares what the others use
  const start = performance.now();
  const right = sets.test.filter(({ label, values }) => {
    const probabilities = predict(values);
    return probabilities.indexOf(Math.max(...probabilities)) === label;
  });
  const ms = (performance.now() - start) / sets.test.length;
  const share = (100 * right.length) / sets.test.length;
  return { 'test accuracy, %': Number(share.toFixed(1)), 'ms a recording': Number(ms.toPrecision(2)) };
}

await fit(epochs);
const withTfjs = (values) => tf.tidy(() => model.predict(tf.tensor(values, [1, steps, bands, 1])).dataSync());
const before = { ...judge(withTfjs), bytes: 4 * model.countParams() };

await fit(2 * epochs, new SurgeryCallback({ targetSparsity: 0.9 }), new INQScheduler());
const { sizeBytes } = await model.save(compressed('file://output/model.tfz'));
const small = await loadModel(readFileSync('output/model.tfz')); // without TensorFlow.js
console.table({ before, after: { ...judge((values) => small.predict(values)), bytes: sizeBytes } });
