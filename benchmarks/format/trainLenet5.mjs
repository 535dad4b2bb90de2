/**
 * A pruned and quantized LeNet-5 (Caffe's: 431,080 parameters) for the sizes benchmark: dense, Dynamic Network Surgery with the
 * published thresholds, INQ at 5 bits.
 *
 *   MNIST_DIR=folder node benchmarks/format/trainLenet5.mjs [--train 3] [--prune 8] [--quantize 4]
 *
 * Writes the models into output/.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { epochLines, modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';

const { values: args } = parseArgs({
  options: {
    train: { type: 'string', default: '3' },
    prune: { type: 'string', default: '8' },
    quantize: { type: 'string', default: '4' },
  },
});

await startBackend();
const { train, test } = loadMnist();
const [trainSet, testSet] = [toTensors(train), toTensors(test)];
const pictures = (xs) => tf.reshape(xs, [-1, 28, 28, 1]);
const [trainPictures, testPictures] = [pictures(trainSet.xs), pictures(testSet.xs)];

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
await fit('dense', Number(args.train), 0.01, []);
const overrides = { conv1: { rate: 2 }, conv2: { rate: 3 }, ip1: { rate: 4 }, ip2: { rate: 2.5 } };
await fit('pruned', Number(args.prune), 0.01, [new SurgeryCallback({ overrides, seed: 0 })]);
await fit('inq5', Number(args.quantize), 0.003, [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], seed: 0 })]);

async function fit(name, epochs, learningRate, callbacks) {
  model.compile({
    optimizer: tf.train.momentum(learningRate, 0.9),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(trainPictures, trainSet.ys, {
    epochs,
    batchSize: 64,
    validationData: [testPictures, testSet.ys],
    verbose: 0,
    callbacks: [new tf.CustomCallback(epochLines(name, epochs)), ...callbacks],
  });
  const weights = model.getWeights().map((weight) => weight.dataSync());
  console.log(
    name,
    weights.map((values) => values.filter((value) => value !== 0).length),
  );
  await model.save(modelFolder(fileURLToPath(new URL(`output/lenet5-${name}`, import.meta.url))));
}
