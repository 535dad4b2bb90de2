/**
 * Trains a HyperNet on PASCAL VOC on a frozen trunk and reports what the paper does.
 *
 *   node benchmarks/hypernet-voc/run.mjs --data VOC2007 --trunk EFFICIENTNET --network
 *   efficientnet [--variant fast] [--epochs 8] [--compress 4] [--round] [--seed 1]
 *   [--val 0.1] [--images 200] [--output FOLDER]
 *
 * --network says which trunk it is: mobilenet or efficientnet. --data has the splits
 * train and test; a part of train is kept apart to choose by. Says first how much disk
 * the levels need, which are kept below --output, and after the first epoch how long it
 * will take. A run that was ended goes on with the same command; so does one
 * without --compress or --round with it: --compress makes a small detector by training,
 * --round without. Writes results/<network>-<variant>-<seed>.json and its
 * curves as .svg (neither with --images), and below --output worst.png: the 24 test
 * images with the most misses (their objects, named, and what was shown).
 */
import { existsSync, mkdirSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { cachedBatches, cachedBytes, hyperNet } from '@tfjs-compress/detection';
import { fileStore, readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { Checkpoint } from '../../examples/blood-cells/checkpoint.js';
import { chooseThreshold, train } from '../../examples/blood-cells/training.js';
import { writeResult } from '../tools/results.mjs';
import { compress } from './compress.mjs';
import { networkOf } from './network.mjs';
import { options } from './options.mjs';
import { report } from './report.mjs';
import { round } from './round.mjs';

const { data, network, variant, seed, epochs, images } = options;
const name = `${network}-${variant}-${seed}`;
const output = join(options.output, name);
mkdirSync(output, { recursive: true });
console.log(`Backend: ${await startBackend()}`);
const { trainSet, valSet } = split(await readVoc(data, { split: 'train' }));
const testSet = firstOf(await readVoc(data, { split: 'test', classes: trainSet.classes }));
const counts = [trainSet, valSet, testSet].map((set) => set.images.length);
console.log(`${counts[0]} images to train, ${counts[1]} to choose by, ${counts[2]} to test`);

/** Figures of the stages that are done, kept for runs that go on. */
const stagesFile = join(output, 'stages.json');
const stages = existsSync(stagesFile) ? JSON.parse(readFileSync(stagesFile, 'utf8')) : {};
const { delicate, ...args } = networkOf(network, await tf.loadLayersModel(modelFolder(options.trunk)));
const checkpoint = new Checkpoint(output, 'trained');
const detector = checkpoint.epochs > 0 ? await checkpoint.load() : create();
if (checkpoint.epochs < epochs) await trainOn();
if (stages.trained?.epochs !== epochs) {
  const bytes = statSync(join(output, 'trained', 'model', 'weights.bin')).size;
  await evaluate('trained', detector, { epochs, bytes });
}
if (options.compress > 0) {
  const again = () => checkpoint.load();
  const levels = (of) => levelsOf(of, join(output, 'levels-trunk'));
  const made = await compress(detector, { again, levels, trainSet, epochs: options.compress, delicate, output });
  await chooseThreshold(made.detector, valSet);
  const { small, bytes } = await made.save();
  await evaluate('compressed', small, { epochs: options.compress, bytes, smaller: stages.trained.bytes / bytes });
}
if (options.round) {
  // The one above is changed in place.
  const made = await round(await checkpoint.load(), { images: trainSet.images, delicate, output });
  await chooseThreshold(made.detector, valSet);
  const { small, bytes } = await made.save();
  await evaluate('rounded', small, { bytes, smaller: stages.trained.bytes / bytes });
}
const result = { network, variant, seed, images: { train: counts[0], validation: counts[1], test: counts[2] } };
console.log(JSON.stringify({ ...result, ...stages }, null, 2));
if (images === 0) {
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'sharp'];
  writeResult(new URL(`results/${name}.json`, import.meta.url), packages, { ...result, ...stages });
}

function create() {
  return hyperNet({ ...args, classes: trainSet.classes, variant, training: { ...args.training, seed } });
}

async function trainOn() {
  const began = process.cpuUsage();
  const batches = await levelsOf(detector, join(options.output, `levels-${network}-${images || 'all'}-${options.val}`));
  await train(detector, batches, {
    name: 'Training',
    epochs,
    learningRate: 1e-3,
    decay: 0.999,
    firstEpoch: checkpoint.epochs,
    checkpoint,
  });
  const { user, system } = process.cpuUsage(began);
  console.log(`Processor minutes: ${((user + system) / 60e6).toFixed(1)}`);
}

/**
 * Batches of what the trunk gives, kept in a folder: the same for all variants and seeds.
 */
async function levelsOf(of, folder) {
  const needed = cachedBytes(of, trainSet, 2) / 1e9;
  const { bavail, bsize } = statfsSync(output);
  const free = (bavail * bsize) / 1e9;
  console.log(`The levels of all images need ${needed.toFixed(1)} GB on disk; ${free.toFixed(1)} GB are free.`);
  if (needed > free && !existsSync(folder)) throw new Error('Not enough: give --output a folder on a larger disk.');
  return cachedBatches(of, trainSet, {
    flips: ['horizontal'],
    seed,
    store: fileStore(folder),
    onProgress: (done, of) => done % 100 === 0 && console.log(`Trunk: ${done} of ${of} images`),
  });
}

/**
 * Figures on the test images, with the score to show from chosen on the validation
 * images.
 */
async function evaluate(stage, of, given) {
  if (stage === 'trained') await chooseThreshold(of, valSet);
  const { figures, curves, worst } = await report(of, testSet);
  writeFileSync(join(output, `${stage}-curves.svg`), curves);
  if (images === 0) writeFileSync(new URL(`results/${name}-${stage}.svg`, import.meta.url), curves);
  writeFileSync(join(output, `${stage}-worst.png`), worst);
  stages[stage] = { ...given, ...figures };
  writeFileSync(stagesFile, JSON.stringify(stages, null, 2));
}

/** Every tenth image, or as --val says, is kept apart. */
function split(set) {
  const every = Math.round(1 / options.val);
  const { images } = firstOf(set);
  const isVal = (_, i) => i % every === every - 1;
  return {
    trainSet: { ...set, images: images.filter((each, i) => !isVal(each, i) && each.objects.length > 0) },
    valSet: { ...set, images: images.filter(isVal) },
  };
}

function firstOf(set) {
  return images ? { ...set, images: set.images.slice(0, images) } : set;
}
