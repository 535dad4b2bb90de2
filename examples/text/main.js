/**
 * Learns to tell good reviews from bad ones with an Embedding and an LSTM, pruned and
 * quantized: `npm start`.
 */
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

// 70% of the sentences train, 15% choose, 15% judge at the end.
const reviews = loadReviews();
const length = 24;
const [trained, chosen] = [0.7, 0.85].map((share) => Math.round(share * reviews.length));
const sentences = [reviews.slice(0, trained), reviews.slice(trained, chosen), reviews.slice(chosen)];
const vocabulary = vocabularyOf(
  sentences[0].map(({ text }) => text),
  2,
);
const [train, validation] = sentences.map((part) => ({
  xs: tf.tensor2d(part.map(({ text }) => encode(text, vocabulary, length))),
  ys: tf.tensor2d(part.map(({ isGood }) => [Number(isGood)])),
}));

const model = tf.sequential({
  layers: [
    tf.layers.embedding({ inputDim: vocabulary.length + 2, outputDim: 32, inputLength: length }),
    tf.layers.dropout({ rate: 0.5 }),
    tf.layers.lstm({ units: 32, recurrentInitializer: 'glorotNormal' }),
    tf.layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});

async function fit(epochs, learningRate, ...callbacks) {
  model.compile({ optimizer: tf.train.adam(learningRate), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const validationData = [validation.xs, validation.ys];
  callbacks.push(new BestWeights({ monitor: 'val_loss' })); // validation chooses the epoch
  await model.fit(train.xs, train.ys, { epochs, batchSize: 64, validationData, verbose: 0, callbacks });
}

/**
 * Test accuracy and milliseconds for one sentence of a function from a review to whether
 * it is good.
 */
function judge(isGood) {
  const start = performance.now();
  const right = sentences[2].filter((review) => isGood(review) === review.isGood);
  const ms = (performance.now() - start) / sentences[2].length;
  const share = (100 * right.length) / sentences[2].length;
  return { 'test accuracy, %': Number(share.toFixed(1)), 'ms a sentence': Number(ms.toPrecision(2)) };
}

await fit(epochs, 2e-3);
const probability = (xs) => tf.tidy(() => model.predict(tf.tensor2d(xs, [1, length])).dataSync()[0]);
const before = {
  ...judge(({ text }) => probability(encode(text, vocabulary, length)) > 0.5),
  bytes: 4 * model.countParams(),
};

// The first half of the epochs prunes. In the second half the weights that are left are
// rounded, some in every epoch.
const callbacks = [new SurgeryCallback({ targetSparsity: 0.8 }), new INQScheduler({ epochsPerStep: 1 })];
await fit(2 * epochs, 1e-3, ...callbacks);
const { sizeBytes } = await model.save(compressed('file://output/model.tfz'));
writeFileSync('output/words.json', JSON.stringify({ length, vocabulary }));

// The file runs without TensorFlow.js; ask.js does no more than this.
const small = await loadModel(readFileSync('output/model.tfz'));
const after = { ...judge(({ text }) => small.predict(encode(text, vocabulary, length))[0] > 0.5), bytes: sizeBytes };

console.table({ 'word list (AFINN)': judge(({ text }) => wordList(text)), before, after });
console.log('npm run ask -- "The food was cold and the waiter rude."');
