/**
 * LeNet-300-100 on the full MNIST: the dense net, Dynamic Network Surgery, then INQ at 5,
 * 4 and 3 bits from the same pruned net. The dense net's solver is the one published with
 * DNS: momentum .9, learning rate .01·(1 + 1e-4·step)^-.75, weight decay 5e-4, batch 64.
 *
 *   MNIST_DIR=folder node benchmarks/lenet-300-100/run.mjs [--seeds 3] [--train 11]
 *   [--prune 60] [--quantize 40]
 *
 * Writes results/lenet-300-100.json and the models into output/. What is there already,
 * made with the same settings, is not made again: seeds of the result file, and dense and
 * pruned nets in output/. --first 1 --seeds 1 runs one more seed.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { epochLines, modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { inverseDecay } from '@tfjs-compress/math';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { compressionTable, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { buildLeNet300100 } from '../search/nets.mjs';
import { meanAndSpread, readResult, writeResult } from '../tools/results.mjs';
import { seedShuffling } from '../tools/seedShuffling.mjs';

const { values: args } = parseArgs({
  options: {
    first: { type: 'string', default: '0' },
    seeds: { type: 'string', default: '3' },
    train: { type: 'string', default: '11' },
    prune: { type: 'string', default: '60' },
    quantize: { type: 'string', default: '40' },
    result: { type: 'string', default: 'results/lenet-300-100.json' },
  },
});
const epochs = { train: Number(args.train), prune: Number(args.prune), quantize: Number(args.quantize) };
/**
 * As published with DNS for the dense net; larger batches and rates to match for the
 * rest. Decay helps to choose what is pruned; once that is settled, the few weights that
 * are left need little of it; those that make up for quantized ones need a high rate,
 * too.
 */
const solvers = {
  train: { batchSize: 64, weightDecay: 5e-4, schedule: inverse },
  prune: { batchSize: 128, weightDecay: 5e-4, settledWeightDecay: 5e-5, schedule: steadyThenCosine },
  quantize: { batchSize: 256, weightDecay: 5e-5, schedule: restarts },
};
const targetSparsity = { ip1: 0.9853, ip2: 0.97, ip3: 0.75 };
const surgeryEpochs = Math.round(0.6 * epochs.prune);
const steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

if (!process.env.MNIST_DIR) throw new Error('MNIST_DIR must name the folder with the full MNIST.');
const backend = await startBackend();
const { train, test } = loadMnist();
const [trainSet, testSet] = [toTensors(train), toTensors(test)];
/** One for all layers; each stage sets its weight decay. */
const regularizer = tf.regularizers.l2({ l2: 1 });
const objective = { loss: 'categoricalCrossentropy', metrics: ['accuracy'] };

const settings = { epochs, solvers, surgeryEpochs, targetSparsity, steps };
const resultFile = new URL(args.result, import.meta.url);
const first = Number(args.first);
for (let seed = first; seed < first + Number(args.seeds); seed++) {
  if (earlierRuns().every((each) => each.seed !== seed)) add(await run(seed));
}

/** Of this result file, as far as the settings are the same. */
function earlierRuns() {
  if (!existsSync(resultFile)) return [];
  const { runs, ...all } = readResult(resultFile);
  const isSame = JSON.stringify(all.settings) === JSON.stringify(settings);
  return isSame ? runs : [];
}

/**
 * Into the file after every seed, so that a benchmark that is interrupted leaves what it
 * has.
 */
function add(run) {
  const runs = [...earlierRuns(), run].sort((a, b) => a.seed - b.seed);
  const over = (pick) => meanAndSpread(runs.map(pick));
  const lost = (bits) => [`inq${bits}Lost`, over((each) => each[`inq${bits}`].error - each.pruned.error)];
  const summary = {
    denseError: over((each) => each.dense.error),
    prunedError: over((each) => each.pruned.error),
    prunedTimes: over((each) => each.pruned.times),
    ...Object.fromEntries([5, 4, 3].map(lost)),
  };
  console.log(summary);
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
  writeResult(resultFile, packages, { backend, settings, summary, runs });
}

async function run(seed) {
  const model = buildLeNet300100(seed, regularizer);
  const result = { seed };
  result.dense = await stage('dense', ['train'], () =>
    fit(model, seed, 'train', [new tf.CustomCallback(epochLines(`seed ${seed}, dense`, epochs.train))]),
  );
  result.pruned = await stage('pruned', ['train', 'prune'], () => fit(model, seed, 'prune', [surgery(seed)]));
  const pruned = model.getWeights().map((weight) => weight.clone());
  for (const bits of [5, 4, 3]) {
    model.setWeights(pruned);
    // Weights that an earlier run left come without the mark of what was pruned.
    await fit(model, seed, 'quantize', [new INQScheduler({ steps, bits, seed, keepZeros: true })]);
    result[`inq${bits}`] = await figures(model, `seed${seed}-inq${bits}`);
  }
  tf.dispose(pruned);
  model.dispose();
  return result;

  /**
   * Takes the weights that an earlier run left, if its settings of the stages so far were
   * the same; else trains.
   */
  async function stage(name, stages, train) {
    const folder = `output/seed${seed}-${name}`;
    // Beside the folder, which is written anew as a whole.
    const file = new URL(`${folder}.json`, import.meta.url);
    const wanted = JSON.stringify({
      stages: stages.map((each) => ({ epochs: epochs[each], ...solvers[each] })),
      ...(stages.includes('prune') && { surgeryEpochs, targetSparsity }),
    });
    if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
      const before = await tf.loadLayersModel(modelFolder(fileURLToPath(new URL(folder, import.meta.url))));
      tf.tidy(() => model.setWeights(before.getWeights()));
      before.dispose();
      model.compile({ optimizer: 'sgd', ...objective });
      return figures(model, `seed${seed}-${name}`);
    }
    rmSync(file, { force: true });
    await train();
    const result = await figures(model, `seed${seed}-${name}`);
    writeFileSync(file, wanted);
    return result;
  }
}

function surgery(seed) {
  const overrides = Object.fromEntries(
    Object.entries(targetSparsity).map(([name, s]) => [name, { targetSparsity: s }]),
  );
  const endStep = surgeryEpochs * Math.ceil(train.count / solvers.prune.batchSize);
  return new SurgeryCallback({ overrides, endStep, frequency: 10, pruneBias: true, seed });
}

/**
 * Momentum .9, with a learning rate for each step: `schedule` takes epochs, of which the
 * step is a fraction.
 */
async function fit(model, seed, stage, callbacks) {
  seedShuffling(seed);
  const { batchSize, weightDecay, settledWeightDecay = weightDecay, schedule } = solvers[stage];
  const optimizer = tf.train.momentum(schedule(0), 0.9);
  model.compile({ optimizer, ...objective });
  const stepsPerEpoch = Math.ceil(train.count / batchSize);
  let step = 0;
  const decay = new tf.CustomCallback({
    onEpochBegin: (epoch) => {
      regularizer.l2 = (epoch < surgeryEpochs ? weightDecay : settledWeightDecay) / 2;
    },
    onBatchBegin: () => optimizer.setLearningRate(schedule(step++ / stepsPerEpoch)),
  });
  const validationData = [testSet.xs, testSet.ys];
  const config = { epochs: epochs[stage], batchSize, validationData, verbose: 0, callbacks: [decay, ...callbacks] };
  await model.fit(trainSet.xs, trainSet.ys, config);
}

/** Caffe's 'inv'. */
function inverse(epoch) {
  return inverseDecay({ initialValue: 0.01, gamma: 1e-4, power: 0.75 })((epoch * train.count) / 64);
}

/** While surgery goes on, then with the masks fixed. */
function steadyThenCosine(epoch) {
  if (epoch < surgeryEpochs) return 0.02;
  const done = (epoch - surgeryEpochs) / (epochs.prune - surgeryEpochs);
  return (0.04 * (1 + Math.cos(Math.PI * done))) / 2;
}

/** A cosine from .1 to .002 in each stage of INQ. */
function restarts(epoch) {
  const epochsPerStage = epochs.quantize / (steps.length - 1);
  const done = (epoch % epochsPerStage) / epochsPerStage;
  return 0.002 + (0.098 * (1 + Math.cos(Math.PI * done))) / 2;
}

async function figures(model, name) {
  const [, accuracy] = model.evaluate(testSet.xs, testSet.ys, { batchSize: 1000 });
  const error = 1 - (await accuracy.data())[0];
  const weights = model.getWeights().map((weight) => weight.dataSync());
  const parameters = weights.reduce((sum, values) => sum + values.length, 0);
  const nonZero = weights.reduce((sum, values) => sum + values.filter((value) => value !== 0).length, 0);
  await model.save(modelFolder(fileURLToPath(new URL(`output/${name}`, import.meta.url))));
  const layers = (await compressionTable(model)).map(({ path, nonZeros, levels }) => ({ path, nonZeros, levels }));
  const result = { error, parameters, nonZero, times: parameters / nonZero, layers };
  console.log(name, `error ${(100 * error).toFixed(2)}%`, `${nonZero} parameters`, `${result.times.toFixed(1)}×`);
  return result;
}
