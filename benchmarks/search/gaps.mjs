/**
 * Whether a search on a part of MNIST has overfitted to its validation images: the
 * errors of the dense net, the net made by hand and every trial there, and on 20,000
 * training images that nothing was trained with or chosen by.
 * `MNIST_DIR=folder node benchmarks/search/gaps.mjs FOLDER`, a folder in output/ of a run
 * of run.mjs with --images 30000 or fewer. Writes results/gaps-NAME.json.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { unpack } from 'tfjs-compress';
import { writeResult } from '../tools/results.mjs';
import { rightOf } from '../tools/rightOf.mjs';

const folder = resolve(process.argv[2] ?? '');
await startBackend();
const trials = readdirSync(join(folder, 'search/trials'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, 'search/trials', name), 'utf8')))
  .filter(({ status }) => status === 'done');
const hand = readdirSync(folder).filter((name) => /^inq\d+\.tfz$/.test(name));
const files = ['dense.tfz', ...hand, ...trials.map(({ id }) => `search/trials/${id}.model.tfz`), 'search/best.tfz'];

const { train } = loadMnist();
const first = await load('dense.tfz');
const all = toTensors(train, first.inputs[0].shape.slice(1));
first.dispose();
const part = (begin, size) => ({ xs: tf.slice(all.xs, begin, size), ys: tf.slice(all.ys, begin, size) });
const [validation, fresh] = [part(train.count - 10_000, 10_000), part(30_000, 20_000)];

const rows = [];
const dense = {};
for (const file of files) {
  const model = await load(file);
  const [here, there] = [validation, fresh].map((data) => rightOf(model, data));
  model.dispose();
  dense.here ??= here;
  dense.there ??= there;
  const trial = trials.find(({ id }) => file.includes(id));
  rows.push({
    file: basename(file, '.tfz'),
    ...(trial && { generation: trial.spec.generation, sizeBytes: trial.sizeBytes }),
    validation: errorOf(here),
    fresh: errorOf(there),
    // How much more it loses against the dense net on images that chose nothing, and
    // the standard error of that.
    luck: errorOf(there) - errorOf(dense.there) - (errorOf(here) - errorOf(dense.here)),
    noise: Math.hypot(noiseOf(here, dense.here), noiseOf(there, dense.there)),
  });
}
console.table(rows);
const lucks = rows.filter(({ generation }) => generation).map(({ luck }) => luck);
const meanLuck = lucks.reduce((sum, each) => sum + each, 0) / lucks.length;
console.log(`mean of all trials: ${(100 * meanLuck).toFixed(2)} points`);
writeResult(new URL(`results/gaps-${basename(folder)}.json`, import.meta.url), ['@tensorflow/tfjs', 'tfjs-compress'], {
  meanLuck,
  rows,
});

async function load(file) {
  return tf.loadLayersModel(tf.io.fromMemory(unpack(new Uint8Array(readFileSync(join(folder, file))))));
}

function errorOf(right) {
  return 1 - right.reduce((sum, each) => sum + each, 0) / right.length;
}

/** The standard error of the difference of two nets on the same images. */
function noiseOf(a, b) {
  const differing = a.filter((right, i) => right !== b[i]).length / a.length;
  return Math.sqrt((differing - (errorOf(a) - errorOf(b)) ** 2) / a.length);
}
