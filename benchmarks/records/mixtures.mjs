/**
 * How far ResNet-20 with rounded weights is from the published net, on mixtures of two of
 * the images that validate. The published net was trained with these images, so that it
 * has nearly all of them right, and so do its copies; mixtures it has not seen.
 *
 *   node benchmarks/records/mixtures.mjs --cifar FOLDER --models FOLDER [--seed 0]
 *
 * For compressOnce() with some numbers of bits and images, and for what the row
 * inq-resnet-20 left in output/. Writes results/inq-resnet-20-mixtures.json. Some 300 s
 * of processor time.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { random } from '@tfjs-compress/math/internal';
import { writeResult } from '../tools/results.mjs';
import { readCifar10, taughtSource } from './cifar10.mjs';
import { softened } from './data.mjs';
import { halfLogits } from './resnet20.mjs';
import { loadStage } from './Stages.mjs';
import { compressedOnce } from './steps.mjs';

const { values: args } = parseArgs({
  options: { cifar: { type: 'string' }, models: { type: 'string' }, seed: { type: 'string', default: '0' } },
});
const backend = await startBackend();
const data = await readCifar10(args);
const teacher = await data.published();
const { mixtures, said } = mixed(3);

const rows = [];
for (const bits of [5, 4, 3, 2]) {
  for (const examples of [1000, 4000]) {
    const dense = halfLogits(await data.published());
    add({ bits, examples, by: 'compressOnce' }, await compressedOnce(dense, data.train, examples, { bits }));
  }
  const file = fileURLToPath(new URL(`output/seed${args.seed}/resnet-20-inq${bits}.tfz`, import.meta.url));
  if (existsSync(file)) add({ bits, by: 'inq-resnet-20' }, await loadStage({ file }));
}
writeResult(
  new URL('results/inq-resnet-20-mixtures.json', import.meta.url),
  ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'],
  { backend, mixtures: mixtures.shape[0], rows },
);

/**
 * The Kullback-Leibler divergence from what the published net says, at a temperature of
 * 2, and the share of mixtures for which another class comes first.
 */
function add(row, model) {
  const [divergence, differ] = tf.tidy(() => {
    const output = model.predict(mixtures, { batchSize: 100 });
    const ratio = tf.div(tf.add(said, 1e-7), tf.add(output, 1e-7));
    const isOther = tf.notEqual(tf.argMax(output, 1), tf.argMax(said, 1));
    return [tf.mean(tf.sum(tf.mul(said, tf.log(ratio)), 1)), tf.mean(tf.cast(isOther, 'float32'))].map(
      (mean) => mean.dataSync()[0],
    );
  });
  model.dispose();
  rows.push({ ...row, divergence, differ });
  console.log(JSON.stringify(rows.at(-1)));
}

/**
 * Of each image that validates `often` mixtures, flipped and shifted, with up to half of
 * another one.
 */
function mixed(often) {
  const { count } = data.validation;
  const source = taughtSource(data.validation, teacher, 1);
  const batchSize = 100;
  const batches = [];
  for (let begin = 0; begin < often * count; begin += batchSize) {
    const indices = Array.from({ length: batchSize }, (_, j) => Math.floor(random(2, begin + j) * count));
    const { xs, ys } = source.batch(indices, [32, 32, 3], begin);
    ys.dispose();
    const shares = tf.tensor4d(
      Float32Array.from(indices, (_, j) => random(3, begin + j) / 2),
      [batchSize, 1, 1, 1],
    );
    batches.push(tf.tidy(() => tf.add(xs, tf.mul(shares, tf.sub(tf.reverse(xs, 0), xs)))));
    tf.dispose([xs, shares]);
  }
  const mixtures = tf.concat(batches);
  tf.dispose(batches);
  return { mixtures, said: softened(teacher, mixtures) };
}
