/**
 * Trains a detector of BCCD further, now with the last blocks of its trunk and with
 * images that are mirrored and scaled anew each time.
 *
 *   node benchmarks/hypernet/fineTune.mjs --data BCCD [--runs FOLDER] [--run fast-3]
 *   [--epochs 8] [--learning-rate 1e-4] [--from 6] [--scale 0.85,1.2]
 *   [--detect '{ "flips": ["horizontal"] }'] [--test]
 *
 * Begins with what run.mjs left below --runs; blocks of MobileNet from --from on train.
 * Keeps the model beside that (fine-tuned), where a later call finds it, and writes what
 * it finds on the validation images, before and after, to results/fineTune.json; with
 * --test also on the test images. --detect are options of detect() to report with.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { Detector, imageBatches } from '@tfjs-compress/detection';
import {
  detectAll,
  evaluateCoco,
  evaluateVoc,
  recallOfProposals,
  scoreCurves,
} from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { AveragedWeights, WarmUp } from 'tfjs-compress';
import { readResult, writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    runs: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
    run: { type: 'string', default: 'fast-3' },
    epochs: { type: 'string', default: '8' },
    'learning-rate': { type: 'string', default: '1e-4' },
    from: { type: 'string', default: '6' },
    scale: { type: 'string', default: '0.85,1.2' },
    detect: { type: 'string', default: '{}' },
    test: { type: 'boolean', default: false },
  },
});
if (!values.data) throw new Error('--data FOLDER is missing');
const [epochs, learningRate, from] = [values.epochs, values['learning-rate'], values.from].map(Number);
const scale = values.scale.split(',').map(Number);
const options = JSON.parse(values.detect);
await startBackend();
const setOf = (split) => readVoc(values.data, { split, invalidBoxes: 'skip' });
const splits = { val: await setOf('val'), ...(values.test && { test: await setOf('test') }) };
const at = (name) => join(values.runs, values.run, name, 'model');
const row = { run: values.run, epochs, learningRate, from, scale, detect: options };
row.before = await figuresOf(await Detector.load(modelFolder(at('trained'))));
if (!existsSync(at('fine-tuned'))) row.processorMinutes = await fineTune();
row.after = await figuresOf(await Detector.load(modelFolder(at('fine-tuned'))));
const file = new URL('results/fineTune.json', import.meta.url);
const rows = existsSync(file) ? readResult(file).rows : [];
writeResult(file, ['@tensorflow/tfjs', '@tensorflow/tfjs-node'], { rows: [...rows, row] });

async function fineTune() {
  const began = process.cpuUsage();
  const detector = await Detector.load(modelFolder(at('trained')));
  const trunk = detector.featureModel.layers;
  const isLate = ({ name }) => Number(/^conv_[dp]w_(\d+)/.exec(name)?.[1]) >= from;
  for (const layer of trunk) layer.trainable = isLate(layer);
  const optimizer = tf.train.adam(learningRate);
  detector.compile(optimizer);
  const { seed } = detector.config.training;
  const augment = { flip: 0.5, flipVertically: 0.5, scale };
  await detector.model.fitDataset(imageBatches(detector, await setOf('train'), { augment, seed }), {
    epochs,
    verbose: 0,
    callbacks: [
      new AveragedWeights({ decay: 0.998 }),
      new WarmUp({ steps: 100 }),
      new tf.CustomCallback({
        onEpochBegin: (epoch) => {
          optimizer.learningRate = (learningRate * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
        },
        onEpochEnd: (epoch, { loss }) => console.log(`epoch ${epoch + 1}/${epochs}: loss ${loss.toFixed(3)}`),
      }),
    ],
  });
  for (const layer of trunk) layer.trainable = false;
  mkdirSync(at('fine-tuned'), { recursive: true });
  await detector.save(modelFolder(at('fine-tuned')));
  detector.dispose();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 60e6;
}

/** On each split; what is shown is what has a score above the best F1's on `val`. */
async function figuresOf(detector) {
  const figures = {};
  let threshold;
  for (const [split, set] of Object.entries(splits)) {
    const { detections, proposals } = await detectAll(detector, set, options);
    const truth = set.images.map(({ objects }) => objects);
    const { map, classes } = evaluateVoc(detections, truth);
    threshold ??= scoreCurves(detections, truth).all.best.threshold;
    const shown = detections.map((ofImage) => ofImage.filter(({ score }) => score > threshold));
    const { precision, recall } = scoreCurves(shown, truth).all.points.at(-1);
    figures[split] = {
      map,
      ap: Object.fromEntries(classes.map((each) => [each.class, each.ap])),
      cocoAp: evaluateCoco(detections, truth).ap,
      recall100: recallOfProposals(proposals, truth, [100])[0],
      threshold,
      precision,
      recall,
    };
  }
  console.log(JSON.stringify(figures));
  detector.dispose();
  return figures;
}
