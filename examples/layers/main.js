/**
 * A model of layers that can be pruned, trained in a loop of its own, stopped in the
 * middle and resumed: `npm start`.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compressed, maskedConv2d, maskedDense, SurgeryCallback, strip } from 'tfjs-compress';
import { loadDigits } from './digits.js';

const epochs = Number(process.env.EPOCHS ?? 8);
if (!(epochs >= 2)) {
  console.error(`EPOCHS: expected a number of at least 2, received '${process.env.EPOCHS}'.`);
  process.exit(1);
}
registerTrainingKernels(); // WebAssembly cannot train convolutions without them
await tf.setBackend('wasm');
const { train, validation, test } = loadDigits([28, 28, 1]);
const batchSize = 64;
const stepsPerEpoch = Math.floor(train.xs.shape[0] / batchSize);

/**
 * Each layer says how much of it is to go. Beside its kernel it keeps a state for each
 * weight: pruned, free or frozen.
 */
function build(sparsity) {
  return tf.sequential({
    layers: [
      maskedConv2d({
        filters: 8,
        kernelSize: 5,
        strides: 2,
        activation: 'relu',
        inputShape: [28, 28, 1],
        targetSparsity: sparsity / 2,
      }),
      maskedConv2d({ filters: 16, kernelSize: 5, strides: 2, activation: 'relu', targetSparsity: sparsity }),
      tf.layers.flatten(),
      maskedDense({ units: 64, activation: 'relu', targetSparsity: sparsity }),
      tf.layers.dense({ units: 10, activation: 'softmax' }), // stock layers stay as they are
    ],
  });
}

/** Epochs `begin` to `end` of a plan of `epochs`. */
async function trainOn(model, begin, end) {
  const optimizer = tf.train.adam(0.001);
  const surgery = new SurgeryCallback({ whenStopped: 'keep', verbose: 0 });
  await surgery.begin(model, { epochs, stepsPerEpoch, initialEpoch: begin });
  for (let epoch = begin; epoch < end; epoch++) {
    const order = tf.util.createShuffledIndices(train.xs.shape[0]);
    for (let step = 0; step < stepsPerEpoch; step++) {
      await surgery.step(); // prunes and brings back, before each step of the optimizer
      const rows = tf.tensor1d(Int32Array.from(order.slice(step * batchSize, (step + 1) * batchSize)), 'int32');
      const [x, y] = [train.xs, train.ys].map((all) => tf.gather(all, rows));
      optimizer.minimize(() =>
        tf.losses.softmaxCrossEntropy(y, tf.log(tf.add(model.apply(x, { training: true }), 1e-7))),
      );
      tf.dispose([rows, x, y]);
    }
    const { sparsity } = await surgery.endEpoch();
    console.log(
      `epoch ${epoch + 1}/${epochs}: ${(100 * sparsity).toFixed(1)}% pruned, ${await accuracy(model, validation)}% right`,
    );
  }
  await surgery.end();
  optimizer.dispose();
}

async function accuracy(model, { xs, ys }) {
  const right = tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(model.predict(xs), 1), tf.argMax(ys, 1)), 'float32')));
  return Number((100 * (await right.data())[0]).toFixed(1));
}

const tried = [];
for (const sparsity of [0, 0.9, 0.95]) {
  console.log(`\nMasked layers, ${100 * sparsity}% of their weights to go`);
  const model = build(sparsity);
  const half = Math.floor(epochs / 2);
  await trainOn(model, 0, half);
  // Stopped, saved, loaded, resumed: the masks, the weights under them and the plan are
  // in the file.
  await model.save(compressed('file://output/half.tfz'));
  const resumed = await tf.loadLayersModel(compressed('file://output/half.tfz'));
  await trainOn(resumed, half, epochs);
  const small = strip(resumed); // a stock model with zeros in it
  const { sizeBytes: bytes } = await small.save(compressed('file://output/model.tfz'));
  tried.push({ sparsity, small, bytes, validation: await accuracy(small, validation) });
}
// Validation chooses: the sparsest model that loses at most 1 point. Test images only
// judge.
const [dense] = tried;
const chosen = tried.findLast((each) => each.validation >= dense.validation - 1);
await chosen.small.save(compressed('file://output/model.tfz'));
const row = async ({ sparsity, small, bytes }) => ({
  'to go, %': 100 * sparsity,
  'test accuracy, %': await accuracy(small, test),
  bytes,
});
console.table({ before: await row({ ...dense, bytes: 4 * dense.small.countParams() }), after: await row(chosen) });
