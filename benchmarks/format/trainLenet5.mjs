/**
 * Pruned and quantized LeNet-5s (Caffe's: 431,080 parameters) for the sizes benchmark,
 * from one dense net: Dynamic Network Surgery with the published thresholds, and to as
 * many non-zero kernel weights as the public DNS + codebook model has; each then INQ at 5
 * bits.
 *
 *   MNIST_DIR=folder node benchmarks/format/trainLenet5.mjs
 *     [--train 3] [--prune 8] [--quantize 4]
 *
 * Writes the models into output/, errors and non-zeros into results/trainLenet5.json.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { epochLines, modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({
  options: {
    train: { type: 'string', default: '3' },
    prune: { type: 'string', default: '8' },
    quantize: { type: 'string', default: '4' },
  },
});
const epochs = { train: Number(args.train), prune: Number(args.prune), quantize: Number(args.quantize) };
const variants = {
  dns: { conv1: { rate: 2 }, conv2: { rate: 3 }, ip1: { rate: 4 }, ip2: { rate: 2.5 } },
  // 150 + 1,000 + 4,025 + 300 = 5,475 weights.
  5475: {
    conv1: { targetSparsity: 0.7 },
    conv2: { targetSparsity: 0.96 },
    ip1: { targetSparsity: 0.9899375 },
    ip2: { targetSparsity: 0.94 },
  },
};

const backend = await startBackend();
const { train, test } = loadMnist();
const [trainSet, testSet] = [toTensors(train), toTensors(test)];
const images = (xs) => tf.reshape(xs, [-1, 28, 28, 1]);
const [trainImages, testImages] = [images(trainSet.xs), images(testSet.xs)];

const common = (seed) => ({
  kernelInitializer: tf.initializers.glorotUniform({ seed }),
  kernelRegularizer: tf.regularizers.l2({ l2: 2.5e-4 }),
});
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ name: 'conv1', filters: 20, kernelSize: 5, inputShape: [28, 28, 1], ...common(1) }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ name: 'conv2', filters: 50, kernelSize: 5, ...common(2) }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ name: 'ip1', units: 500, activation: 'relu', ...common(3) }),
    tf.layers.dense({ name: 'ip2', units: 10, activation: 'softmax', ...common(4) }),
  ],
});
const stages = [];
await fit('dense', epochs.train, 0.01, []);
const dense = model.getWeights().map((weight) => weight.clone());
for (const [variant, overrides] of Object.entries(variants)) {
  model.setWeights(dense);
  await fit(`${variant}-pruned`, epochs.prune, 0.01, [new SurgeryCallback({ overrides, seed: 0 })]);
  await fit(`${variant}-inq5`, epochs.quantize, 0.003, [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], seed: 0 })]);
}
const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
writeResult(new URL('results/trainLenet5.json', import.meta.url), packages, { backend, epochs, variants, stages });

async function fit(name, epochs, learningRate, callbacks) {
  model.compile({
    optimizer: tf.train.momentum(learningRate, 0.9),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(trainImages, trainSet.ys, {
    epochs,
    batchSize: 64,
    validationData: [testImages, testSet.ys],
    verbose: 0,
    callbacks: [new tf.CustomCallback(epochLines(name, epochs)), ...callbacks],
  });
  const [, accuracy] = model.evaluate(testImages, testSet.ys, { batchSize: 1000 });
  const kernels = model.getWeights().filter(({ rank }) => rank > 1);
  const nonZeros = kernels.map((kernel) => kernel.dataSync().filter((value) => value !== 0).length);
  stages.push({ stage: name, error: 1 - (await accuracy.data())[0], nonZerosOfKernels: nonZeros });
  console.log(stages.at(-1));
  await model.save(modelFolder(fileURLToPath(new URL(`output/lenet5-${name}`, import.meta.url))));
}
