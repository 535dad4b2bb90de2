/**
 * Ways to round, as trials of compress() do it: a net that surgery pruned goes through a
 * trial's quantization, with the powers of two from the largest weight down or with the
 * least error (`range`), and with `saveBits`.
 *
 *   MNIST_DIR=folder node benchmarks/search/rounding.mjs FOLDER NET [--images 2000]
 *   [--epochs 7] [--seeds 2]
 *
 * FOLDER is one that run.mjs left (output/lenet-5-2000-seed0), of which pruned.tfz is
 * read. Errors are those of the validation images. Files are without dead units, with
 * biases in float32. Writes results/rounding-FOLDER.json after each of them.
 */
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { compressed, INQScheduler, pack, shrink } from 'tfjs-compress';
// No entry of the package has it: it is not for users.
import { LearningRate } from '../../packages/tfjs-compress/dist/search/LearningRate.js';
import { writeResult } from '../tools/results.mjs';
import { accuracy } from '../tools/rightOf.mjs';
import { seedShuffling } from '../tools/seedShuffling.mjs';
import { nets } from './nets.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '2000' },
    epochs: { type: 'string', default: '7' },
    seeds: { type: 'string', default: '2' },
  },
});
const [folder, name] = positionals;
if (!folder || !nets[name]) throw new Error(`expected FOLDER and one of ${Object.keys(nets).join(', ')}.`);
const ways = [
  { bits: 4 },
  { bits: 4, range: 'leastError' },
  { bits: 3 },
  { bits: 3, range: 'leastError' },
  { bits: 2 },
  { bits: 2, range: 'leastError' },
  { bits: 4, range: 'leastError', saveBits: 0.15 },
  { bits: 4, range: 'leastError', saveBits: 0.3 },
];
const steps = [0.3, 0.5, 0.7, 0.85, 0.95, 1];
const backend = await startBackend();
const net = nets[name];
const [images, epochs] = [Number(args.images), Number(args.epochs)];
const { train, validation } = await net.data({ images });
const before = await tf.loadLayersModel(compressed(`file://${resolve(join(folder, 'pruned.tfz'))}`));
const file = new URL(`results/rounding-${basename(resolve(folder))}.json`, import.meta.url);
const rows = [];
for (let seed = 0; seed < Number(args.seeds); seed++) {
  for (const way of ways) {
    rows.push({ seed, ...way, ...(await rounded(way, seed)) });
    console.log(JSON.stringify(rows.at(-1)));
    writeResult(file, ['@tensorflow/tfjs', 'tfjs-compress'], { backend, images, epochs, rows });
  }
}

async function rounded(way, seed) {
  // Its layers share the regularizer whose strength is set here.
  const model = await net.build(seed);
  model.setWeights(before.getWeights());
  const { learningRate, weightDecay, batchSize } = net.search;
  model.compile({ optimizer: tf.train.momentum(learningRate, 0.9), loss: 'categoricalCrossentropy' });
  if (net.regularizer) net.regularizer.l2 = weightDecay / 2;
  seedShuffling(seed);
  const inq = new INQScheduler({ ...way, steps, seed, keepZeros: true, verbose: 0 });
  const callbacks = [inq, new LearningRate(epochs / (steps.length - 1))];
  await model.fit(train.xs, train.ys, { epochs, batchSize, callbacks, verbose: 0 });
  const validationError = 1 - accuracy(model, validation);
  const kernels = model.getWeights().filter(({ shape }) => shape.length > 1);
  const nonZeros = kernels.reduce((sum, kernel) => sum + kernel.dataSync().filter((value) => value !== 0).length, 0);
  const { model: small } = await shrink(model);
  const sizeBytes = pack(await artifactsOf(small)).length;
  small.dispose();
  model.dispose();
  return { sizeBytes, nonZeros, validationError };
}
