/** Learns to tell good reviews from bad ones with an Embedding and an LSTM, pruned and quantized: `npm start`. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { loadModel } from '@tfjs-compress/runtime';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { BestWeights, compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { encode, loadReviews, vocabularyOf, wordList } from './reviews.js';

const epochs = Number(process.env.EPOCHS ?? 8);
if (!(epochs >= 4)) {
  console.error(`EPOCHS: expected a number of at least 4, received '${process.env.EPOCHS}'.`);
  process.exit(1);
}
registerTrainingKernels(); // WebAssembly cannot train an Embedding without them
await tf.setBackend('wasm');

// 2,100 sentences train, 450 choose, 450 judge at the end.
const reviews = loadReviews();
const length = 24;
const texts = reviews.slice(0, 2100).map(({ text }) => text);
const vocabulary = vocabularyOf(texts, 2);
const part = (begin, end) => {
  const chosen = reviews.slice(begin, end);
  const xs = chosen.map(({ text }) => encode(text, vocabulary, length));
  return { xs: tf.tensor2d(xs), ys: tf.tensor2d(chosen.map(({ isGood }) => [Number(isGood)])) };
};
const [train, validation, test] = [part(0, 2100), part(2100, 2550), part(2550)];

const model = tf.sequential({
  layers: [
    tf.layers.embedding({ inputDim: vocabulary.length + 2, outputDim: 32, inputLength: length }),
    tf.layers.dropout({ rate: 0.5 }),
    tf.layers.lstm({ units: 32, recurrentInitializer: 'glorotNormal' }),
    tf.layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});

async function fit(epochs, ...callbacks) {
  model.compile({ optimizer: tf.train.adam(0.002), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const validationData = [validation.xs, validation.ys];
  callbacks.push(new BestWeights({ monitor: 'val_loss' })); // validation chooses the epoch
  await model.fit(train.xs, train.ys, { epochs, batchSize: 32, validationData, verbose: 0, callbacks });
}

/** Test accuracy and milliseconds for one sentence of a function from its numbers to the probability of a good review. */
function judge(predict) {
  const sentences = test.xs.arraySync().map((numbers) => Float32Array.from(numbers));
  const start = performance.now();
  const right = sentences.filter((sentence, i) => predict(sentence) > 0.5 === reviews[2550 + i].isGood);
  const ms = (performance.now() - start) / sentences.length;
  return { 'test accuracy, %': percent(right.length), 'ms a sentence': Number(ms.toPrecision(2)) };
}

function percent(count) {
  return Number(((100 * count) / 450).toFixed(1));
}

await fit(epochs);
const withTfjs = (sentence) => tf.tidy(() => model.predict(tf.tensor2d(sentence, [1, length])).dataSync()[0]);
const before = { bytes: 4 * model.countParams(), ...judge(withTfjs) };

// The first half of the epochs prunes. In the second half the weights that are left are rounded, some in every epoch.
await fit(2 * epochs, new SurgeryCallback({ targetSparsity: 0.9 }), new INQScheduler({ epochsPerStep: 1 }));
const { sizeBytes } = await model.save(compressed('file://output/model.tfz'));
writeFileSync('output/words.json', JSON.stringify({ length, vocabulary }));

// The file runs without TensorFlow.js; ask.js does no more than this.
const small = await loadModel(readFileSync('output/model.tfz'));
const after = { bytes: sizeBytes, ...judge((sentence) => small.predict(sentence)[0]) };

const byList = reviews.slice(2550).filter(({ text, isGood }) => wordList(text) === isGood);
console.table({ 'word list (AFINN)': { 'test accuracy, %': percent(byList.length) }, before, after });
console.log('npm run ask -- "The food was cold and the waiter rude."');
