/**
 * Trains a HyperNet on PASCAL VOC on a frozen trunk and reports what the paper does.
 *
 *   node benchmarks/hypernet-voc/run.mjs --data VOC2007 --trunk MOBILENET
 *     [--variant fast] [--epochs 12] [--seed 1] [--val 0.1] [--pictures 200] [--output FOLDER]
 *
 * --data has the splits train and test; a part of train is kept apart to choose by. Says first how
 * much disk the levels need, which are kept below --output, and after the first epoch how long it
 * will take. A run that was ended goes on with the same command. Writes
 * results/<variant>-<seed>.json (not with --pictures), and below --output the detector, curves.svg
 * and worst.png: the 24 test pictures with the most misses (their objects, named, and what was
 * shown).
 */
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { cachedBatches, cachedBytes, hyperNet } from '@tfjs-compress/detection';
import { fileStore, readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { Checkpoint } from '../../examples/blood-cells/checkpoint.js';
import { chooseThreshold, train } from '../../examples/blood-cells/training.js';
import { writeResult } from '../tools/results.mjs';
import { network } from './network.mjs';
import { options } from './options.mjs';
import { report } from './report.mjs';

const { data, variant, seed, epochs, pictures } = options;
const output = join(options.output, `${variant}-${seed}`);
mkdirSync(output, { recursive: true });
console.log(`Backend: ${await startBackend()}`);
const { trainSet, valSet } = split(await readVoc(data, { split: 'train' }));
const testSet = firstOf(await readVoc(data, { split: 'test', classes: trainSet.classes }));
console.log(
  `${trainSet.pictures.length} pictures to train, ${valSet.pictures.length} to choose by, ${testSet.pictures.length} to test`,
);

const checkpoint = new Checkpoint(output, 'trained');
const detector = checkpoint.epochs > 0 ? await checkpoint.load() : await create();
if (checkpoint.epochs < epochs) await trainOn();
await chooseThreshold(detector, valSet);
await detector.save(modelFolder(join(output, 'detector')));
const { figures, curves, worst } = await report(detector, testSet);
writeFileSync(join(output, 'curves.svg'), curves);
writeFileSync(join(output, 'worst.png'), worst);
const result = {
  variant,
  seed,
  epochs,
  trained: trainSet.pictures.length,
  tested: testSet.pictures.length,
  ...figures,
};
console.log(JSON.stringify(result, null, 2));
if (pictures === 0) {
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'sharp'];
  writeResult(new URL(`results/${variant}-${seed}.json`, import.meta.url), packages, result);
}

async function create() {
  const trunk = await tf.loadLayersModel(modelFolder(options.trunk));
  return hyperNet({ trunk, classes: trainSet.classes, ...network, variant, training: { ...network.training, seed } });
}

async function trainOn() {
  const needed = cachedBytes(detector, trainSet, 2) / 1e9;
  const { bavail, bsize } = statfsSync(output);
  console.log(
    `The levels of all pictures need ${needed.toFixed(1)} GB on disk; ${((bavail * bsize) / 1e9).toFixed(1)} GB are free.`,
  );
  if (needed * 1e9 > bavail * bsize) throw new Error('Not enough: give --output a folder on a larger disk.');
  // The same for all variants and seeds, but not for another trunk or other pictures.
  const name = ['levels', basename(resolve(options.trunk)), options.pictures || 'all', options.val].join('-');
  const folder = join(options.output, name);
  const batches = await cachedBatches(detector, trainSet, {
    flips: ['horizontal'],
    seed,
    store: fileStore(folder),
    onProgress: (done, of) => done % 100 === 0 && console.log(`Trunk: ${done} of ${of} pictures`),
  });
  const firstEpoch = checkpoint.epochs;
  await train(detector, batches, {
    name: 'Training',
    epochs,
    learningRate: 1e-3,
    decay: 0.999,
    firstEpoch,
    checkpoint,
  });
}

/** Every tenth picture, or as --val says, is kept apart. */
function split(set) {
  const every = Math.round(1 / options.val);
  const { pictures } = firstOf(set);
  const isVal = (_, i) => i % every === every - 1;
  return {
    trainSet: { ...set, pictures: pictures.filter((each, i) => !isVal(each, i) && each.objects.length > 0) },
    valSet: { ...set, pictures: pictures.filter(isVal) },
  };
}

function firstOf(set) {
  return pictures ? { ...set, pictures: set.pictures.slice(0, pictures) } : set;
}
