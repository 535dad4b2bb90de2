/**
 * What the averages of batch normalization cost a net that was just compressed: its
 * validation error with the averages that training left (momentum .99), and with those of
 * one more epoch at learning rate 0, as the trials of a search take them.
 *
 *   node benchmarks/search/statistics.mjs FOLDER NET --models FOLDER --cifar FOLDER
 *   [--images N]
 *
 * FOLDER is one that run.mjs left (output/resnet-8-…-seed0). Writes
 * results/statistics-FOLDER.json.
 */
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { compressed } from 'tfjs-compress';
import { writeResult } from '../tools/results.mjs';
import { averageAgain } from './averageAgain.mjs';
import { nets } from './nets.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { models: { type: 'string' }, cifar: { type: 'string' }, images: { type: 'string', default: '2000' } },
});
const [folder, net] = positionals;
if (!folder || !nets[net]) throw new Error(`expected FOLDER and one of ${Object.keys(nets).join(', ')}.`);
const backend = await startBackend();
const images = Number(args.images);
const data = await nets[net].data({ ...args, images });
const found = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith('.tfz'))) {
  const model = await tf.loadLayersModel(compressed(`file://${resolve(join(folder, file))}`));
  const before = errorOf(model);
  await averageAgain(model, data.train);
  found[basename(file, '.tfz')] = { before, after: errorOf(model) };
  model.dispose();
}
console.table(found);
const output = new URL(`results/statistics-${basename(folder)}.json`, import.meta.url);
writeResult(output, ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'], { backend, images, found });

function errorOf(model) {
  const { xs, ys } = data.validation;
  return tf.tidy(() => {
    const right = tf.equal(tf.argMax(model.predict(xs, { batchSize: 500 }), 1), tf.argMax(ys, 1));
    return 1 - tf.mean(tf.cast(right, 'float32')).dataSync()[0];
  });
}
