/**
 * Trains LeNet-5 (Caffe's) on real digits, prunes it, quantizes it, saves it as one small
 * file and loads that again: `npm start`.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { BestWeights, compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { makeReport } from 'tfjs-compress/report';
import { loadDigits } from './digits.js';

const epochs = Number(process.env.EPOCHS ?? 8);
if (!(epochs >= 4)) {
  console.error(`EPOCHS: expected a number of at least 4, received '${process.env.EPOCHS}'.`);
  process.exit(1);
}
registerTrainingKernels(); // WebAssembly cannot train convolutions without them
await tf.setBackend('wasm');
const { train, validation, test } = loadDigits([28, 28, 1]);

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ name: 'conv1', filters: 20, kernelSize: 5, inputShape: [28, 28, 1] }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ name: 'conv2', filters: 50, kernelSize: 5 }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ name: 'ip1', units: 500, activation: 'relu' }),
    tf.layers.dense({ name: 'ip2', units: 10, activation: 'softmax' }),
  ],
});

const history = [];
const rows = {};

/**
 * Trains with a callback, saves, and judges by the test images, which have no other
 * part.
 */
async function stage(name, epochs, ...callbacks) {
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const validationData = [validation.xs, validation.ys];
  callbacks.push(new BestWeights({ monitor: 'val_loss' })); // validation chooses the epoch
  history.push(await model.fit(train.xs, train.ys, { epochs, batchSize: 64, validationData, verbose: 0, callbacks }));
  const { sizeBytes } = await model.save(compressed(`file://output/${name}.tfz`));
  rows[name] = { 'test error, %': await testError(model), 'weights left': remaining(), bytes: sizeBytes };
}

async function testError(net) {
  const [, accuracy] = net.evaluate(test.xs, test.ys);
  return Number((100 * (1 - (await accuracy.data())[0])).toFixed(2));
}

function remaining() {
  return model.getWeights().reduce((sum, weight) => sum + weight.dataSync().filter((value) => value !== 0).length, 0);
}

const showEpoch = {
  onEpochEnd: (epoch, { val_acc }) => console.log(`epoch ${epoch + 1}/${epochs}: ${val_acc.toFixed(3)} right`),
};
await stage('trained', epochs, showEpoch);
const overrides = {
  conv1: { targetSparsity: 0.7 },
  conv2: { targetSparsity: 0.95 },
  ip1: { targetSparsity: 0.99 },
  ip2: { targetSparsity: 0.9 },
};
await stage('pruned', 2 * epochs, new SurgeryCallback({ overrides }));
await stage('quantized', epochs, new INQScheduler({ steps: [0.5, 0.8, 0.95, 1] }));

const again = await tf.loadLayersModel(compressed('file://output/quantized.tfz'));
again.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
rows['loaded again'] = { ...rows.quantized, 'test error, %': await testError(again) };
console.table({ 'float32 weights': { bytes: 4 * model.countParams() }, ...rows });

const { html } = await makeReport(model, { title: 'LeNet-5 on MNIST', history });
writeFileSync('output/report.html', html);
// As `npx tfjs-compress page` does, which on Windows would need quotes.
const command = fileURLToPath(new URL('dist/cli.js', import.meta.resolve('tfjs-compress/package.json')));
const args = [command, 'page', 'output/quantized.tfz', 'output/digits.html', '--title', 'Draw a digit'];
console.log(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
