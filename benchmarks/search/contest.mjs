import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compress, compressed, INQScheduler, SurgeryCallback, unpack } from 'tfjs-compress';
import { meanAndSpread } from '../tools/results.mjs';
import { accuracy, rightOf } from '../tools/rightOf.mjs';
import { seedShuffling } from '../tools/seedShuffling.mjs';
import { averageAgain } from './averageAgain.mjs';

/**
 * One net by hand and by compress(), from the same dense net, and then the test errors of
 * all.
 *
 * @param net See nets.mjs.
 * @param options.folder Where everything is kept that an interrupted run goes on with.
 * @returns undefined when isHandOnly.
 */
export async function contest(name, net, data, { seed, folder, searchOptions, isHandOnly }) {
  const model = await net.build(seed);
  const dense = await stage('dense', () => (net.dense ? fitAndAverage(net.dense) : averageIfBetter()));
  const denseWeights = model.getWeights().map((weight) => weight.clone());
  const surgeryEpochs = Math.round(net.hand.surgeryPart * net.hand.prune.epochs);
  const pruned = await stage('pruned', async () => {
    const endStep = surgeryEpochs * stepsPerEpoch(data.train, net.hand.prune);
    const surgery = new SurgeryCallback({ ...net.hand.surgery, endStep, seed, verbose: 0 });
    await fitAndAverage(net.hand.prune, [surgery], surgeryEpochs);
  });
  const prunedWeights = model.getWeights().map((weight) => weight.clone());
  const hand = {};
  for (const bits of net.hand.bits) {
    model.setWeights(prunedWeights);
    // Of a pruned net that was kept by an earlier run, nothing else says which zeros were
    // pruned.
    const inq = new INQScheduler({ steps: net.hand.steps, bits, seed, keepZeros: true, verbose: 0 });
    const one = await stage(`inq${bits}`, () => fitAndAverage(net.hand.quantize, [inq]));
    hand[bits] = { ...one, seconds: one.seconds + pruned.seconds };
  }
  model.setWeights(denseWeights);
  tf.dispose([denseWeights, prunedWeights]);
  if (isHandOnly) return undefined;
  // What the best of those made by hand loses is what may be lost.
  const target = Math.min(...Object.values(hand).map(({ validationError }) => validationError));
  const [file, search] = await searched();
  const test = await testAll();
  model.dispose();
  return { seed, loadAverage: loadavg()[0], dense, pruned, hand, search, test };

  /**
   * As the trials of compress(), so that batch normalization has averages of what the net
   * is now.
   */
  async function fitAndAverage(solver, ...rest) {
    await fit(net, model, data.train, seed, solver, ...rest);
    await averageAgain(model, data.train);
  }

  /** A net that others trained gets averages of the images here, if they are better. */
  async function averageIfBetter() {
    const before = model.getWeights().map((weight) => weight.clone());
    const wasRight = accuracy(model, data.validation);
    await averageAgain(model, data.train);
    if (accuracy(model, data.validation) < wasRight) model.setWeights(before);
    tf.dispose(before);
  }

  /** Takes what an earlier run left, else trains. */
  async function stage(part, train) {
    const kept = `${folder}/${part}.tfz`;
    const beside = `${folder}/${part}.json`;
    if (existsSync(beside)) {
      const before = await tf.loadLayersModel(compressed(`file://${kept}`));
      tf.tidy(() => model.setWeights(before.getWeights()));
      before.dispose();
      return JSON.parse(readFileSync(beside, 'utf8'));
    }
    const begin = process.cpuUsage();
    await train();
    const seconds = secondsSince(begin);
    const { sizeBytes } = await model.save(compressed(`file://${kept}`));
    const result = { validationError: 1 - accuracy(model, data.validation), sizeBytes, seconds };
    mkdirSync(dirname(beside), { recursive: true });
    writeFileSync(beside, JSON.stringify(result));
    console.log(name, `seed ${seed}`, part, JSON.stringify(result));
    return result;
  }

  async function searched() {
    const maxLoss = target - dense.validationError;
    // What somebody's own training of the dense net would be, with nothing in it about
    // compression.
    model.compile({ optimizer: tf.train.momentum(net.search.learningRate, 0.9), loss: 'categoricalCrossentropy' });
    if (net.regularizer) net.regularizer.l2 = net.search.weightDecay / 2;
    const { xs, ys } = data.train;
    // Of all parts of an interrupted search, also of what was lost with the
    // interruptions.
    const spent = `${folder}/search-seconds.json`;
    let last = process.cpuUsage();
    let seconds = existsSync(spent) ? JSON.parse(readFileSync(spent, 'utf8')) : 0;
    const spend = () => {
      seconds += secondsSince(last);
      last = process.cpuUsage();
      writeFileSync(spent, JSON.stringify(seconds));
    };
    const found = await compress(model, {
      ...searchOptions,
      maxLoss,
      seed,
      output: `${folder}/search`,
      train: async (copy, { epochs, callbacks }) => {
        await copy.fit(xs, ys, { epochs, callbacks, batchSize: net.search.batchSize, verbose: 0 });
        spend();
      },
      evaluate: (copy, { examples }) => rightOf(copy, data.validation, examples),
    });
    spend();
    const { sizeBytes, score, isWithin, trials, frontier } = found;
    const result = {
      maxLoss,
      validationError: 1 - score,
      isWithin,
      sizeBytes,
      seconds,
      epochs: trials.reduce((sum, { spec: { epochs } }) => sum + epochs.surgery + epochs.quantize, 0),
      trials: trials.length,
      failed: trials.filter(({ status }) => status === 'failed').length,
      // The standard errors of what trials lose.
      noise: meanAndSpread(trials.flatMap(({ noise }) => noise ?? [])),
      frontier: frontier.map((trial) => [trial.sizeBytes, 1 - trial.score]),
    };
    // Without the margin: what is no worse than the net made by hand on the validation
    // images.
    const asGood = frontier.find((trial) => 1 - trial.score <= target + 1e-9);
    if (asGood) result.asGood = { id: asGood.id, sizeBytes: asGood.sizeBytes, validationError: 1 - asGood.score };
    return [found.file, result];
  }

  /** The one look at the test set. */
  async function testAll() {
    const read = (part) => new Uint8Array(readFileSync(`${folder}/${part}.tfz`));
    const files = { dense: read('dense'), search: file };
    for (const bits of net.hand.bits) files[`hand${bits}`] = read(`inq${bits}`);
    if (search.asGood) files.asGood = read(`search/trials/${search.asGood.id}.model`);
    const all = {};
    for (const [key, bytes] of Object.entries(files)) {
      const loaded = await tf.loadLayersModel(tf.io.fromMemory(unpack(bytes)));
      all[key] = 1 - accuracy(loaded, data.test);
      loaded.dispose();
    }
    console.log(name, `seed ${seed}`, 'test error', all, 'bytes', search.sizeBytes, hand);
    return all;
  }
}

/**
 * Momentum .9, with a learning rate for each step: `schedule` takes the part that is
 * done.
 */
async function fit(net, model, { xs, ys }, seed, solver, callbacks = [], settledAt = Number.POSITIVE_INFINITY) {
  seedShuffling(seed);
  const { epochs, batchSize, weightDecay, settledWeightDecay = weightDecay, schedule } = solver;
  const rate = net.schedules[schedule];
  const optimizer = tf.train.momentum(rate(0, epochs), 0.9);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const steps = stepsPerEpoch({ xs }, solver);
  let step = 0;
  const setRates = new tf.CustomCallback({
    onEpochBegin: (epoch) => {
      if (net.regularizer) net.regularizer.l2 = (epoch < settledAt ? weightDecay : settledWeightDecay) / 2;
    },
    onBatchBegin: () => optimizer.setLearningRate(rate(step++ / steps, epochs)),
  });
  await model.fit(xs, ys, { epochs, batchSize, verbose: 0, callbacks: [setRates, ...callbacks] });
  optimizer.dispose();
}

function stepsPerEpoch({ xs }, { batchSize }) {
  return Math.ceil(xs.shape[0] / batchSize);
}

function secondsSince(begin) {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}
