/**
 * What shrink() leaves of pruned nets, and what that does to the time of a prediction on
 * tfjs's WASM backend: LeNet-300-100 pruned about 56 times and LeNet-5 about 100 times,
 * both with SurgeryCallback on the full MNIST. Adam with a learning rate of 1e-3, batches
 * of 128. Surgery goes on for half of the pruning's epochs.
 *
 * MNIST_DIR=folder node benchmarks/shrink/run.mjs [--train 3] [--prune 10] [--images
 * 60000] [--net lenet-300-100]
 *
 * Times are of processor time of this process, one thread: medians of 200 rounds, in each
 * of which all contenders take their turn with so many predictions. Writes
 * results/shrink.json; pruned nets are kept in output/.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { epochLines, startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { compressed, formatUnits, SurgeryCallback, shrink, unpack } from 'tfjs-compress';
import { median, readResult, writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({
  options: {
    train: { type: 'string', default: '3' },
    prune: { type: 'string', default: '10' },
    images: { type: 'string', default: '60000' },
    net: { type: 'string' },
    rounds: { type: 'string', default: '200' },
  },
});
const settings = { train: Number(args.train), prune: Number(args.prune), images: Number(args.images) };
const layers = tf.layers;
const nets = {
  'lenet-300-100': {
    inputShape: [784],
    make: () => [
      layers.dense({ name: 'ip1', units: 300, activation: 'relu', inputShape: [784] }),
      layers.dense({ name: 'ip2', units: 100, activation: 'relu' }),
      layers.dense({ name: 'ip3', units: 10, activation: 'softmax' }),
    ],
    sparsity: { ip1: 0.9853, ip2: 0.97, ip3: 0.75 },
  },
  'lenet-5': {
    inputShape: [28, 28, 1],
    make: () => [
      layers.conv2d({ name: 'conv1', filters: 20, kernelSize: 5, inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ name: 'conv2', filters: 50, kernelSize: 5 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ name: 'ip1', units: 500, activation: 'relu' }),
      layers.dense({ name: 'ip2', units: 10, activation: 'softmax' }),
    ],
    sparsity: { conv1: 0.84, conv2: 0.965, ip1: 0.993, ip2: 0.955 },
  },
};
const folder = fileURLToPath(new URL('output/', import.meta.url));
const resultFile = new URL('results/shrink.json', import.meta.url);
const mnist = loadMnist();

for (const [name, net] of Object.entries(nets)) {
  if (args.net && args.net !== name) continue;
  const file = `${folder}${[name, ...Object.values(settings)].join('-')}.tfz`;
  if (!existsSync(file)) await makePruned(net, file);
  await tf.setBackend('wasm');
  add(name, await measure(net, file));
}

async function makePruned({ inputShape, make, sparsity }, file) {
  console.log(`Backend for the training: ${await startBackend()}`);
  const { images: count } = settings;
  const { images, labels } = mnist.train;
  const set = { count, images: images.subarray(0, 784 * count), labels: labels.subarray(0, count) };
  const train = toTensors(set, inputShape);
  const model = tf.sequential({ layers: make() });
  const fit = (stage, callbacks) => {
    model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    return model.fit(train.xs, train.ys, { epochs: settings[stage], batchSize: 128, verbose: 0, callbacks });
  };
  await fit('train', epochLines('Training', settings.train));
  const overrides = Object.fromEntries(
    Object.entries(sparsity).map(([name, targetSparsity]) => [name, { targetSparsity }]),
  );
  const endStep = Math.round(settings.prune / 2) * Math.ceil(images / 128);
  await fit('prune', new SurgeryCallback({ overrides, endStep, frequency: 10, pruneBias: true }));
  mkdirSync(folder, { recursive: true });
  await model.save(compressed(pathToFileURL(file).href));
  tf.dispose([model, train.xs, train.ys]);
}

async function measure({ inputShape }, file) {
  const pruned = await tf.loadLayersModel({ load: async () => unpack(readFileSync(file)) });
  const { model: small, rows } = await shrink(pruned);
  console.log(formatUnits(rows));
  const test = toTensors(mnist.test, inputShape);
  const models = { pruned, small };
  const values = Object.fromEntries(Object.entries(models).map(([key, model]) => [key, predict(model, test.xs)]));
  const largest = Math.max(...values.pruned);
  const difference = Math.max(...values.pruned.map((value, i) => Math.abs(value - values.small[i]))) / largest;
  const nonZeros = pruned
    .getWeights()
    .reduce((sum, weight) => sum + weight.dataSync().filter((w) => w !== 0).length, 0);
  const result = {
    prunedTimes: pruned.countParams() / nonZeros,
    error: errorOf(values.pruned, test.ys),
    errorAfter: errorOf(values.small, test.ys),
    largestDifference: difference,
    parameters: { before: pruned.countParams(), after: small.countParams() },
    units: rows,
    microseconds: { 'batch 1': times(models, test.xs, 1), 'batch 32': times(models, test.xs, 32) },
  };
  tf.dispose([pruned, small, test.xs, test.ys]);
  return result;
}

function predict(model, xs) {
  return tf.tidy(() => model.predict(xs, { batchSize: 500 }).dataSync());
}

function errorOf(values, ys) {
  const labels = tf.tidy(() => tf.argMax(ys, 1).dataSync());
  const wrong = labels.filter((label, i) => {
    const scores = values.subarray(10 * i, 10 * i + 10);
    return scores.indexOf(Math.max(...scores)) !== label;
  });
  return wrong.length / labels.length;
}

/** Processor time of one prediction in microseconds, of each model. */
function times(models, xs, batch) {
  const calls = 20;
  const x = tf.slice(xs, 0, batch);
  const taken = Object.fromEntries(Object.keys(models).map((key) => [key, []]));
  for (let round = -10; round < Number(args.rounds); round++)
    for (const [key, model] of Object.entries(models)) {
      const start = process.cpuUsage();
      for (let i = 0; i < calls; i++) tf.tidy(() => model.predict(x, { batchSize: batch }).dataSync());
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) taken[key].push((user + system) / calls);
    }
  x.dispose();
  const { pruned, small } = Object.fromEntries(Object.entries(taken).map(([key, all]) => [key, median(all)]));
  console.log(`batch ${batch}: ${pruned.toFixed(0)} → ${small.toFixed(0)} µs`);
  return { before: pruned, after: small, faster: pruned / small };
}

/**
 * One net at a time: the other's figures stay, with the settings that they were made
 * with.
 */
function add(name, result) {
  const before = existsSync(resultFile) ? readResult(resultFile).nets : {};
  const nets = { ...before, [name]: { settings, ...result } };
  writeResult(resultFile, ['@tensorflow/tfjs', 'tfjs-compress'], { nets });
}
