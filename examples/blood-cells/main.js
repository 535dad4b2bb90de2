/**
 * Trains a HyperNet on blood cells, evaluates it, prunes and quantizes it, and writes a
 * page with what it finds.
 */
import './settings.js'; // first, so that a wrong option is told at once

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Detector, hyperNet } from '@tfjs-compress/detection';
import {
  detectAll,
  evaluateCoco,
  evaluateVoc,
  recallOfProposals,
  scoreCurves,
} from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { startBackend } from './backend.js';
import { Checkpoint } from './checkpoint.js';
import { compressTrunk } from './compressTrunk.js';
import { network } from './network.js';
import { writePage } from './page.js';
import { settings } from './settings.js';
import { chooseThreshold, features, train } from './training.js';
import { loadTrunk } from './trunk.js';

process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const { output, epochs, seed, variant } = settings;
mkdirSync(output, { recursive: true });
console.log(`Backend: ${await startBackend()}`);
const [trainSet, valSet, testSet] = [await read('train'), await read('val'), await read('test')];
const counts = [trainSet, valSet, testSet].map(({ images }) => images.length);
console.log(`Data: ${counts[0]} images to train, ${counts[1]} to choose the score threshold by, ${counts[2]} to test`);
const truth = testSet.images.map((image) => image.objects);

/** Figures of the stages that are done, kept for runs that go on. */
const stagesFile = join(output, 'stages.json');
const order = ['trained', 'trunk', 'pruned', 'quantized', 'as one file'];
const stages = existsSync(stagesFile) ? JSON.parse(readFileSync(stagesFile, 'utf8')) : [];
let batches;

const detector = await trainAll();
if (epochs.compress > 0) await compressAll();
const packedFile = join(output, 'bloodCells.tfz');
const packed = compressed(pathToFileURL(packedFile).href, { quantize: { float16: ['conv_dw*', 'conv1*', '*_bn/*'] } });
await chooseThreshold(detector, valSet);
await detector.save(packed);
const { detections, result } = await report('as one file', await Detector.load(packed), statSync(packedFile).size);
const page = join(output, 'index.html');
await writePage(page, {
  images: testSet.images,
  detections,
  result,
  stages,
  scoreThreshold: detector.config.detect.scoreThreshold,
});
console.log(`Written: ${packedFile}\nWritten: ${page}`);

async function trainAll() {
  const checkpoint = new Checkpoint(output, 'trained');
  const done = checkpoint.epochs;
  const detector = done > 0 ? await checkpoint.load() : await createDetector();
  if (done < epochs.train) {
    await timed('trained', async () => {
      batches = await features(detector, trainSet, seed, settings.levels);
      const name = 'Training';
      await train(detector, batches, {
        name,
        epochs: epochs.train,
        learningRate: 1e-3,
        decay: 0.998,
        firstEpoch: done,
        checkpoint,
      });
    });
  }
  // What an earlier run kept may have others.
  detector.setDetectDefaults(network.detect);
  await chooseThreshold(detector, valSet);
  await report('trained', detector, statSync(join(output, 'trained', 'model', 'weights.bin')).size);
  return detector;
}

/**
 * Trunk to 5 bits; the rest pruned on what that trunk gives; then that to 5 bits, too. A
 * stage that was ended begins anew.
 */
async function compressAll() {
  const common = { epochs: epochs.compress, decay: 0.99 };
  await stage('trunk', async () => {
    batches = undefined;
    await compressTrunk(detector, () => new Checkpoint(output, 'trained').load(), trainSet.images, {
      epochs: epochs.compress,
      onEpoch: (epoch, error) =>
        console.log(`Trunk: epoch ${epoch}, ${(100 * error).toFixed(1)}% of its output is error`),
    });
  });
  await stage('pruned', async () => {
    batches = await features(detector, trainSet, seed, join(output, 'levels-trunk'));
    const surgery = new SurgeryCallback({
      targetSparsity: 0.8,
      endStep: Math.ceil((epochs.compress * batches.size) / 2),
      // Its four channels are what every proposal goes through.
      exclude: 'proposal_*',
    });
    await train(detector, batches, { ...common, name: 'Pruning', learningRate: 4e-4, callbacks: [surgery] });
  });
  await chooseThreshold(detector, valSet);
  await report('pruned', detector);
  await stage('quantized', async () => {
    batches ??= await features(detector, trainSet, seed, join(output, 'levels-trunk'));
    const inq = new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] });
    await train(detector, batches, { ...common, name: 'Quantizing', learningRate: 2e-4, callbacks: [inq] });
  });
}

/**
 * Runs a stage and keeps what it made of the detector's weights, or only reads them where
 * an earlier run did that.
 */
async function stage(name, run) {
  const checkpoint = new Checkpoint(output, name);
  if (checkpoint.epochs > 0) return checkpoint.copyTo(detector);
  await timed(name, run);
  await checkpoint.save(detector, { epochs: epochs.compress });
}

async function read(split) {
  // Two of BCCD's boxes have no area.
  const set = await readVoc(settings.data, { split, invalidBoxes: 'skip' });
  return settings.images ? { ...set, images: set.images.slice(0, settings.images) } : set;
}

async function createDetector() {
  const trunk = await loadTrunk(settings.trunk);
  const training = { ...network.training, seed };
  return hyperNet({ trunk, classes: trainSet.classes, ...network, variant, training });
}

/**
 * Adds the minutes that `run` takes to those of the stage's row: a training that goes on
 * has some already.
 */
async function timed(name, run) {
  const { minutes = 0, processorMinutes = 0 } = stages.find((each) => each.stage === name) ?? {};
  const began = Date.now();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  record(name, {
    minutes: minutes + (Date.now() - began) / 60000,
    processorMinutes: processorMinutes + (user + system) / 60e6,
    peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}

async function report(name, of, bytes) {
  const { detections, proposals } = await detectAll(of, testSet);
  const result = evaluateVoc(detections, truth);
  const { ap: cocoAp } = evaluateCoco(detections, truth);
  const { scoreThreshold } = of.config.detect;
  const shown = detections.map((ofImage) => ofImage.filter(({ score }) => score > scoreThreshold));
  const { precision, recall } = scoreCurves(shown, truth).all.points.at(-1) ?? { precision: 0, recall: 0 };
  const [recall100] = recallOfProposals(proposals, truth, [100]);
  const ap = Object.fromEntries(result.classes.map((each) => [each.class, each.ap]));
  record(name, { map: result.map, ap, cocoAp, recall100, scoreThreshold, precision, recall, bytes });
  const each = result.classes.map((one) => `${one.class} ${one.ap.toFixed(3)}`).join(', ');
  const size = bytes ? `, ${bytes.toLocaleString('en-US')} bytes` : '';
  console.log(
    `${name}: mAP ${result.map.toFixed(3)} (${each}), COCO AP ${cocoAp.toFixed(3)}, recall with 100 proposals ` +
      `${recall100.toFixed(3)}; shown, with a score above ${scoreThreshold.toFixed(2)}: ${(100 * recall).toFixed(1)}% of the ` +
      `marked cells at ${(100 * precision).toFixed(1)}% precision${size}`,
  );
  return { detections, result };
}

function record(name, figures) {
  if (!stages.some((each) => each.stage === name)) stages.push({ stage: name });
  Object.assign(
    stages.find((each) => each.stage === name),
    figures,
  );
  // A run that goes on may have been without some of them.
  stages.sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  writeFileSync(stagesFile, `${JSON.stringify(stages, null, 2)}\n`);
}
