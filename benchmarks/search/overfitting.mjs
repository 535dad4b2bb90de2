/**
 * How much of what a search finds is luck on its validation examples: whole searches on a
 * small problem with as much data as one likes, once with scores alone, so that the
 * search knows nothing of chance, and once with the score of each example.
 * `node benchmarks/search/overfitting.mjs [--seeds 12] [--first 0]`. Writes
 * results/overfitting.json after each seed and goes on with what is there.
 *
 * Three classes on a plane, of which a tenth of the labels is wrong; 1,000 examples
 * validate, 50,000 tell the truth.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { random } from '@tfjs-compress/math/internal';
import { compress, unpack } from 'tfjs-compress';
import { readResult, writeResult } from '../tools/results.mjs';
import { rightOf } from '../tools/rightOf.mjs';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '12' }, first: { type: 'string', default: '0' } },
});
const settings = { train: 600, validation: 1000, truth: 50_000, maxLoss: 0.02, trials: 18, epochs: 8 };
const file = new URL('results/overfitting.json', import.meta.url);

for (let seed = Number(values.first); seed < Number(values.first) + Number(values.seeds); seed++) {
  const before = existsSync(file) ? readResult(file).runs : [];
  if (before.some((run) => run.seed === seed)) continue;
  const one = await run(seed);
  const runs = [...before, one].sort((a, b) => a.seed - b.seed);
  console.log(JSON.stringify(one));
  writeResult(file, ['@tensorflow/tfjs', 'tfjs-compress'], { settings, summary: summaryOf(runs), runs });
}
console.table(readResult(file).summary);

async function run(seed) {
  const [train, validation, truth] = ['train', 'validation', 'truth'].map((name, i) => points(settings[name], seed, i));
  const model = netOf(seed);
  await model.fit(train.xs, train.ys, { epochs: 30, batchSize: 32, shuffle: false, verbose: 0 });
  const [given, trueGiven] = [validation, truth].map((data) => share(rightOf(model, data)));
  const result = { seed, given, trueGiven };
  for (const kind of ['score', 'each']) {
    const output = mkdtempSync(join(tmpdir(), 'overfitting-'));
    const { maxLoss, trials, epochs } = settings;
    const found = await compress(model, {
      train: (copy, options) => {
        const { epochs: count, callbacks } = options;
        return copy.fit(train.xs, train.ys, { epochs: count, callbacks, batchSize: 32, verbose: 0 });
      },
      evaluate: (copy) => (kind === 'each' ? rightOf(copy, validation) : share(rightOf(copy, validation))),
      ...{ maxLoss, trials, epochs, seed, output, verbose: 0 },
    });
    const done = found.trials.filter(({ status }) => status === 'done');
    const lucks = [];
    for (const { id, score } of done) lucks.push(score - given - ((await trueScoreOf(output, id, truth)) - trueGiven));
    const chosen = done.findIndex(({ sizeBytes, score }) => sizeBytes === found.sizeBytes && score === found.score);
    result[kind] = {
      sizeBytes: found.sizeBytes,
      loss: given - found.score,
      trueLoss: trueGiven - share(rightOf(found.model, truth)),
      // How much better it and all trials are on the validation examples than in truth.
      luck: lucks[chosen] ?? 0,
      meanLuck: share(lucks),
    };
    found.model.dispose();
    rmSync(output, { recursive: true });
  }
  model.dispose();
  tf.dispose([train, validation, truth].map(({ xs, ys }) => [xs, ys]));
  return result;
}

function summaryOf(runs) {
  return ['score', 'each'].map((kind) => {
    const all = runs.map((run) => run[kind]);
    const mean = (key) => share(all.map((one) => one[key]));
    return {
      evaluate: kind,
      searches: runs.length,
      lostTooMuch: all.filter(({ trueLoss }) => trueLoss > settings.maxLoss).length,
      ...Object.fromEntries(['sizeBytes', 'loss', 'trueLoss', 'luck', 'meanLuck'].map((key) => [key, mean(key)])),
    };
  });
}

async function trueScoreOf(output, id, truth) {
  const artifacts = unpack(new Uint8Array(readFileSync(join(output, 'trials', `${id}.model.tfz`))));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const score = share(rightOf(loaded, truth));
  loaded.dispose();
  return score;
}

function netOf(seed) {
  const seeded = (k) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed: 10 * seed + k }) });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'first', units: 32, inputShape: [2], activation: 'relu', ...seeded(1) }),
      tf.layers.dense({ name: 'second', units: 32, activation: 'relu', ...seeded(2) }),
      tf.layers.dense({ name: 'out', units: 3, activation: 'softmax', ...seeded(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  return model;
}

function points(count, seed, part) {
  const draw = (i, k) => random(seed, part, i, k);
  const xs = Float32Array.from({ length: 2 * count }, (_, i) => 4 * draw(i >> 1, i & 1) - 2);
  const labels = Int32Array.from({ length: count }, (_, i) => {
    if (draw(i, 2) < 0.1) return Math.floor(3 * draw(i, 3));
    const [x, y] = xs.subarray(2 * i, 2 * i + 2);
    return Math.hypot(x, y) < 0.9 ? 0 : x + 0.3 * Math.sin(4 * y) > 0 ? 1 : 2;
  });
  const ys = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 3), 'float32'));
  return { xs: tf.tensor2d(xs, [count, 2]), ys };
}

function share(list) {
  return list.reduce((sum, each) => sum + each, 0) / list.length;
}
