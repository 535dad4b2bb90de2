/** Trains a HyperNet on blood cells, evaluates it, prunes and quantizes it, and writes a page with what it finds. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { cachedBatches, Detector, detectAll, evaluateVoc, hyperNet, recallOfProposals } from '@tfjs-compress/detection';
import { readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { Checkpoint } from './checkpoint.js';
import { writePage } from './page.js';
import { network, settings } from './settings.js';

const { output, epochs } = settings;
mkdirSync(output, { recursive: true });
console.log(`Backend: ${await startBackend()}`);
if (tf.getBackend() === 'wasm') registerTrainingKernels();

const train = await read(['train', 'val']);
const test = await read('test');
console.log(`Data: ${train.pictures.length} pictures to train, ${test.pictures.length} to test`);

const packedFile = join(output, 'bloodCells.tfz');
const packed = compressed(pathToFileURL(packedFile).href, {
  // The trunk was not trained again, so its weights are rounded in the file only; all that trained is pruned and has 5 bits.
  quantize: { uint8: 'conv_pw*/kernel', float16: ['conv_dw*', 'conv_pw*_bn/*', 'conv1*'] },
});
const start = Date.now();
let batches;
const stages = [];

let detector = await stage('trained', epochs.train, 4e-4, () => createDetector());
await report('trained', detector, modelBytes());
const trained = detector;
detector = await stage(
  'pruned',
  epochs.prune,
  2e-4,
  () => trained,
  (steps) => [
    new SurgeryCallback({
      targetSparsity: 0.9,
      stopStep: Math.ceil(steps / 2),
      overrides: { proposal_logit: { skip: true }, proposal_box: { skip: true }, proposal_conv: { skip: true } },
    }),
  ],
);
await report('pruned', detector);
const pruned = detector;
detector = await stage(
  'quantized',
  epochs.quantize,
  1e-4,
  () => pruned,
  () => [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] })],
);
await detector.save(packed);
const reloaded = await Detector.load(packed);
const { detections, result } = await report('as one file', reloaded, statSync(packedFile).size);

const page = join(output, 'index.html');
await writePage(page, { pictures: test.pictures, detections, result, stages, minutes: (Date.now() - start) / 60000 });
writeFileSync(join(output, 'stages.json'), `${JSON.stringify(stages, null, 2)}\n`);
console.log(`Written: ${packedFile}\nWritten: ${page}`);

async function read(split) {
  // Two of BCCD's boxes have no area.
  const set = await readVoc(settings.data, { split, invalidBoxes: 'skip' });
  return settings.pictures ? { ...set, pictures: set.pictures.slice(0, settings.pictures) } : set;
}

async function createDetector() {
  const trunk = await tf.loadLayersModel(modelFolder(settings.trunk));
  return hyperNet({ trunk, classes: train.classes, ...network });
}

/** Trains what `previous` gives for so many epochs, or goes on where an earlier run ended; a finished stage is only loaded. */
async function stage(name, count, learningRate, previous, callbacks = () => []) {
  const checkpoint = new Checkpoint(output, name);
  const done = checkpoint.epochs;
  // A compression schedule starts anew: only plain training goes on in the middle.
  const resumes = done > 0 && (done >= count || name === 'trained');
  const current = resumes ? await checkpoint.load() : await previous();
  if (resumes && done >= count) return current;
  batches ??= await cachedBatches(current, train, {
    batchSize: 2,
    flips: ['both'],
    seed: settings.seed,
    onProgress: (n, of) => n % 50 === 0 && console.log(`Trunk: ${n} of ${of} pictures`),
  });
  const optimizer = tf.train.adam(learningRate);
  current.compile(optimizer, current.headModel);
  if (resumes) await checkpoint.restoreOptimizer(optimizer);
  const began = Date.now();
  await current.headModel.fitDataset(batches, {
    epochs: count,
    initialEpoch: resumes ? done : 0,
    verbose: 0,
    callbacks: [
      ...callbacks(count * batches.size),
      new tf.CustomCallback({
        onEpochBegin: (epoch) => {
          const part = epoch / count;
          optimizer.learningRate = learningRate * (part < 0.6 ? 1 : part < 0.85 ? 0.3 : 0.1);
        },
        onEpochEnd: async (epoch, logs) => {
          const left = (((Date.now() - began) / (epoch + 1 - (resumes ? done : 0))) * (count - epoch - 1)) / 60000;
          const terms = ['objectness', 'proposalBox', 'classification', 'detectionBox'].map(
            (key) => `${key} ${logs[key].toFixed(3)}`,
          );
          console.log(`${name}: epoch ${epoch + 1}/${count}  ${terms.join('  ')}  ${left.toFixed(1)} min left`);
          if (name === 'trained') await checkpoint.save(current, optimizer, epoch + 1);
        },
      }),
    ],
  });
  await checkpoint.save(current, optimizer, count);
  return current;
}

function modelBytes() {
  return statSync(join(output, 'trained', 'model', 'weights.bin')).size;
}

async function report(name, of, bytes) {
  const { detections, proposals } = await detectAll(of, test);
  const truth = test.pictures.map((picture) => picture.objects);
  const result = evaluateVoc(detections, truth);
  const [recall] = recallOfProposals(proposals, truth, [100]);
  stages.push({ stage: name, map: result.map, recall100: recall, bytes });
  const each = result.classes.map((one) => `${one.class} ${one.ap.toFixed(3)}`).join(', ');
  const size = bytes ? `, ${bytes.toLocaleString('en-US')} bytes` : '';
  console.log(`${name}: mAP ${result.map.toFixed(3)} (${each}), recall with 100 proposals ${recall.toFixed(3)}${size}`);
  return { detections, result };
}
