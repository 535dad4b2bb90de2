/**
 * node site/pictures/run.mjs: trains, prunes and quantizes LeNet-300-100 on the embedded
 * sample of MNIST, with the settings of `npm start`, and writes what the pictures of the
 * site show into run.json, with the machine and the versions. Some 40 s; build first.
 */
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { effectiveWeights, INQScheduler, pack, SurgeryCallback, strip } from 'tfjs-compress';
import { writeResult } from '../../benchmarks/tools/results.mjs';

const sparsities = { ip1: 0.98, ip2: 0.97, ip3: 0.7 };
const steps = [0.4, 0.6, 0.8, 0.9, 0.95, 1];
const stages = [
  { name: 'train', epochs: 10, learningRate: 1e-3 },
  { name: 'prune', epochs: 24, learningRate: 1e-3, callback: () => new SurgeryCallback({ overrides, verbose: 0 }) },
  { name: 'quantize', epochs: 10, learningRate: 5e-4, callback: () => new INQScheduler({ steps, verbose: 0 }) },
];
const overrides = Object.fromEntries(
  Object.entries(sparsities).map(([name, targetSparsity]) => [name, { targetSparsity }]),
);
/** Epochs of pruning after which the map of pixels is kept. */
const mapEpochs = [6, 12, 24];
/** Bins of a histogram, over weights from -limit to limit. */
const bins = 161;
const limit = 1.2;

const backend = await startBackend();
const { train, test } = loadMnist();
const [training, testing] = [train, test].map((set) => toTensors(set, [784]));
const model = lenet300100();
const epochs = [];
const maps = [];
const histograms = [];

for (const { name, epochs: count, learningRate, callback } of stages) {
  model.compile({ optimizer: tf.train.adam(learningRate), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(training.xs, training.ys, {
    epochs: count,
    batchSize: 64,
    validationData: [testing.xs, testing.ys],
    verbose: 0,
    callbacks: [...(callback ? [callback()] : []), { onEpochEnd: (epoch, logs) => keep(name, epoch + 1, logs) }],
  });
}
const result = { backend, images: { train: train.count, test: test.count }, parameters: model.countParams() };
writeResult(new URL('run.json', import.meta.url), ['@tensorflow/tfjs', 'tfjs-compress'], {
  ...result,
  sparsities,
  steps,
  epochs,
  maps,
  histograms,
});

function lenet300100() {
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'ip1', units: 300, activation: 'relu', inputShape: [784], ...seeded(1) }),
      tf.layers.dense({ name: 'ip2', units: 100, activation: 'relu', ...seeded(2) }),
      tf.layers.dense({ name: 'ip3', units: 10, activation: 'softmax', ...seeded(3) }),
    ],
  });
}

/** What the pictures need of one epoch. */
async function keep(stage, epoch, logs) {
  const error = 1 - (logs.val_acc ?? logs.val_accuracy);
  const { sparsity, quantized, inq_step: step, pruned, spliced: restored } = logs;
  epochs.push({
    stage,
    epoch,
    error: round(error),
    bytes: await sizeBytes(),
    sparsity,
    quantized,
    step,
    pruned,
    restored,
  });
  console.log(JSON.stringify(epochs.at(-1)));
  const [ip1, , ip2] = await Promise.all(effectiveWeights(model).map((weight) => weight.data()));
  if ((stage === 'train' && epoch === 10) || (stage === 'prune' && mapEpochs.includes(epoch))) {
    maps.push({ stage, epoch, inputs: inputsOf(ip1) });
  }
  const isStep = stage === 'quantize' && step !== epochs.at(-2).step;
  if ((stage !== 'quantize' && epoch === stages.find(({ name }) => name === stage).epochs) || isStep) {
    histograms.push({ stage, step, ...histogram(ip2) });
  }
}

/**
 * Of the model as it computes now: a save of the model itself would also hold what a
 * later fit needs to go on.
 */
async function sizeBytes() {
  const stock = strip(model);
  let bytes = 0;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    bytes = pack(artifacts).length;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await stock.save(handler);
  stock.dispose();
  return bytes;
}

/** Of each of the 784 pixels, how many of the 300 units read it. */
function inputsOf(kernel) {
  return Array.from(
    { length: 784 },
    (_, pixel) => kernel.subarray(300 * pixel, 300 * (pixel + 1)).filter(Boolean).length,
  );
}

/**
 * How many weights are 0, and how many of the others lie in each bin; how many distinct
 * ones there are.
 */
function histogram(kernel) {
  const others = kernel.filter(Boolean);
  const counts = new Array(bins).fill(0);
  for (const weight of others) {
    const bin = Math.floor(((weight + limit) / (2 * limit)) * bins);
    counts[Math.max(0, Math.min(bins - 1, bin))]++;
  }
  return {
    zeros: kernel.length - others.length,
    distinct: new Set(others).size,
    limit,
    largest: round(others.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)),
    counts,
  };
}

function round(value) {
  return Math.round(value * 1e6) / 1e6;
}
