/**
 * compress() with default options against settings that were found by hand, on MNIST: LeNet-300-100 and LeNet-5.
 *
 *   MNIST_DIR=folder node benchmarks/search/run.mjs [lenet-300-100] [lenet-5] [--seeds 3] [--minutes N] [--trials N] [--pictures 50000]
 *
 * The last 10,000 pictures of the training set are the validation set: they decide what compress() returns, and how much
 * it may lose, which is what the nets made by hand lose. The test set is read once, at the end of each run, by all
 * contenders. Times are processor time of this process. Writes results/NET.json after every seed; the dense nets, those
 * made by hand and the searches are kept in output/ and not made again.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { compress, compressed, INQScheduler, pack, SurgeryCallback, unpack } from 'tfjs-compress';
import { readResult, writeResult } from '../tools/results.mjs';
import { seedShuffling } from '../tools/seedShuffling.mjs';
import { nets } from './nets.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '0' },
    trials: { type: 'string' },
    epochs: { type: 'string' },
    minutes: { type: 'string' },
    pictures: { type: 'string', default: '50000' },
  },
});
if (!process.env.MNIST_DIR) throw new Error('MNIST_DIR must name the folder with the full MNIST.');
const backend = await startBackend();
const validationCount = 10_000;

for (const name of positionals.length > 0 ? positionals : Object.keys(nets)) {
  const net = nets[name];
  if (!net) throw new Error(`expected one of ${Object.keys(nets).join(', ')}, received ${name}.`);
  const data = splitMnist(net.inputShape);
  for (let seed = Number(args.first); seed < Number(args.first) + Number(args.seeds); seed++) {
    add(name, net, await run(name, net, data, seed));
  }
  tf.dispose(data);
}

function splitMnist(inputShape) {
  const { train, test } = loadMnist();
  const all = toTensors(train, inputShape);
  const count = train.count - validationCount;
  const trained = Math.min(count, Number(args.pictures));
  const part = (begin, size) => ({ xs: tf.slice(all.xs, begin, size), ys: tf.slice(all.ys, begin, size) });
  const parts = {
    train: part(0, trained),
    validation: part(count, validationCount),
    test: toTensors(test, inputShape),
  };
  tf.dispose(all);
  return parts;
}

function add(name, net, one) {
  const file = new URL(`results/${label(name)}.json`, import.meta.url);
  const settings = {
    hand: net.hand,
    dense: net.dense,
    search: { ...net.search, ...searchOptions() },
    pictures: Number(args.pictures),
    validationCount,
  };
  const before = existsSync(file) ? readResult(file) : undefined;
  const isSame = JSON.stringify(before?.settings) === JSON.stringify(JSON.parse(JSON.stringify(settings)));
  const others = isSame ? before.runs.filter(({ seed }) => seed !== one.seed) : [];
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
  writeResult(file, packages, { backend, settings, runs: [...others, one].sort((a, b) => a.seed - b.seed) });
}

/** Runs with a part of the pictures, to try things out, are kept apart. */
function label(name) {
  return args.pictures === '50000' ? name : `${name}-${args.pictures}`;
}

function searchOptions() {
  return {
    ...(args.trials && { trials: Number(args.trials) }),
    ...(args.epochs && { epochs: Number(args.epochs) }),
    ...(args.minutes && { minutes: Number(args.minutes) }),
  };
}

async function run(name, net, data, seed) {
  const folder = fileURLToPath(new URL(`output/${label(name)}-seed${seed}`, import.meta.url));
  const model = net.build(seed);
  const dense = await stage('dense', () => fit(net, model, data.train, seed, net.dense));
  const denseWeights = model.getWeights().map((weight) => weight.clone());
  const surgeryEpochs = Math.round(net.hand.surgeryPart * net.hand.prune.epochs);
  const pruned = await stage('pruned', async () => {
    const endStep = surgeryEpochs * stepsPerEpoch(data.train, net.hand.prune);
    const overrides = mapValues(net.hand.targetSparsity, (targetSparsity) => ({ targetSparsity }));
    const surgery = new SurgeryCallback({ overrides, endStep, ...net.hand.surgery, seed, verbose: 0 });
    await fit(net, model, data.train, seed, net.hand.prune, [surgery], surgeryEpochs);
  });
  const prunedWeights = model.getWeights().map((weight) => weight.clone());
  const hand = {};
  for (const bits of net.hand.bits) {
    model.setWeights(prunedWeights);
    // Of a pruned net that was kept by an earlier run, nothing else says which zeros were pruned.
    const inq = new INQScheduler({ steps: net.hand.steps, bits, seed, keepZeros: true, verbose: 0 });
    const one = await stage(`inq${bits}`, () => fit(net, model, data.train, seed, net.hand.quantize, [inq]));
    hand[bits] = { ...one, seconds: one.seconds + pruned.seconds };
  }
  model.setWeights(denseWeights);
  tf.dispose([denseWeights, prunedWeights]);
  const [found, search] = await searched();
  const test = await testAll();
  model.dispose();
  return { seed, dense, pruned, hand, search, test };

  /** Takes what an earlier run left, else trains. */
  async function stage(part, train) {
    const file = `${folder}/${part}.tfz`;
    const beside = `${folder}/${part}.json`;
    if (existsSync(beside)) {
      const before = await tf.loadLayersModel(compressed(`file://${file}`));
      tf.tidy(() => model.setWeights(before.getWeights()));
      before.dispose();
      return JSON.parse(readFileSync(beside, 'utf8'));
    }
    const begin = process.cpuUsage();
    await train();
    const seconds = secondsSince(begin);
    const { sizeBytes } = await model.save(compressed(`file://${file}`));
    const result = { validationError: 1 - (await accuracy(model, data.validation)), sizeBytes, seconds };
    mkdirSync(dirname(beside), { recursive: true });
    writeFileSync(beside, JSON.stringify(result));
    console.log(name, `seed ${seed}`, part, JSON.stringify(result));
    return result;
  }

  async function searched() {
    // What the best of those made by hand loses is what may be lost.
    const target = Math.min(...Object.values(hand).map(({ validationError }) => validationError));
    const maxLoss = Math.max(0, target - dense.validationError);
    const options = { ...searchOptions(), maxLoss, seed, output: `${folder}/search` };
    // What somebody's own training of the dense net would be, with nothing in it about compression.
    model.compile({ optimizer: tf.train.momentum(net.search.learningRate, 0.9), loss: 'categoricalCrossentropy' });
    net.regularizer.l2 = net.search.weightDecay / 2;
    const begin = process.cpuUsage();
    const found = await compress(model, {
      ...options,
      train: (copy, { epochs, callbacks }) =>
        copy.fit(data.train.xs, data.train.ys, { epochs, callbacks, batchSize: net.search.batchSize, verbose: 0 }),
      evaluate: async (copy, { examples = validationCount }) => ({
        score: await accuracy(copy, data.validation, examples),
        examples,
      }),
    });
    const { sizeBytes, score, isWithin, trials, frontier } = found;
    const result = {
      maxLoss,
      validationError: 1 - score,
      isWithin,
      sizeBytes,
      // Of all trials, also of those that an earlier process ran; by the clock then.
      trialSeconds: trials.reduce((sum, trial) => sum + trial.seconds, 0),
      seconds: secondsSince(begin),
      epochs: trials.reduce((sum, { spec: { epochs } }) => sum + epochs.surgery + epochs.quantize, 0),
      trials: trials.length,
      frontier: frontier.map((trial) => [trial.sizeBytes, 1 - trial.score]),
    };
    return [found.file, result];
  }

  /** The one look at the test set. */
  async function testAll() {
    const files = { dense: 'dense', ...Object.fromEntries(net.hand.bits.map((bits) => [`hand${bits}`, `inq${bits}`])) };
    const errors = mapValues(files, (file) => errorOf(new Uint8Array(readFileSync(`${folder}/${file}.tfz`))));
    const all = { ...errors, search: errorOf(found) };
    for (const [key, error] of Object.entries(all)) all[key] = await error;
    console.log(
      name,
      `seed ${seed}`,
      'test error',
      all,
      'bytes',
      search.sizeBytes,
      mapValues(hand, (one) => one.sizeBytes),
    );
    return all;
  }

  async function errorOf(file) {
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(unpack(file)));
    if (pack(unpack(file)).length !== file.length) throw new Error('the file is not what pack writes');
    const error = 1 - (await accuracy(loaded, data.test));
    loaded.dispose();
    return error;
  }
}

/** Momentum .9, with a learning rate for each step: `schedule` takes the part that is done. */
async function fit(net, model, { xs, ys }, seed, solver, callbacks = [], settledAt = Number.POSITIVE_INFINITY) {
  seedShuffling(seed);
  const { epochs, batchSize, weightDecay, settledWeightDecay = weightDecay, schedule } = solver;
  const rate = net.schedules[schedule];
  const optimizer = tf.train.momentum(rate(0, epochs), 0.9);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const steps = stepsPerEpoch({ xs }, solver);
  let step = 0;
  const decay = new tf.CustomCallback({
    onEpochBegin: (epoch) => {
      net.regularizer.l2 = (epoch < settledAt ? weightDecay : settledWeightDecay) / 2;
    },
    onBatchBegin: () => optimizer.setLearningRate(rate(step++ / steps, epochs)),
  });
  await model.fit(xs, ys, { epochs, batchSize, verbose: 0, callbacks: [decay, ...callbacks] });
  optimizer.dispose();
}

async function accuracy(model, { xs, ys }, examples = xs.shape[0]) {
  const right = tf.tidy(() => {
    const part = (x) => (examples < x.shape[0] ? tf.slice(x, 0, examples) : x);
    const output = model.predict(part(xs), { batchSize: 1000 });
    return tf.sum(tf.cast(tf.equal(tf.argMax(output, 1), tf.argMax(part(ys), 1)), 'float32'));
  });
  const [count] = await right.data();
  right.dispose();
  return count / examples;
}

function stepsPerEpoch({ xs }, { batchSize }) {
  return Math.ceil(xs.shape[0] / batchSize);
}

function secondsSince(begin) {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
