/**
 * What options of detect() change on images that a detector was not trained on, and what
 * kinds of error it makes there. Such images are for choosing: tests are not read.
 *
 *   node benchmarks/hypernet/detectOptions.mjs --name voc --data VOC2007 --every 10
 *   --detector MODEL [--split train] [--options '[{}, { "proposalIouThreshold": 0.5 }]']
 *
 * MODEL is a folder trained/model that a benchmark left. --every 10 takes each tenth
 * image of --split, as hypernet-voc keeps them apart; BCCD has --split val. --options is
 * a list of options to try instead of those here. Writes results/detectOptions-NAME.json.
 */
import { parseArgs } from 'node:util';
import { Detector } from '@tfjs-compress/detection';
import { iou, toBoxes } from '@tfjs-compress/detection/boxes';
import {
  detectAll,
  evaluateCoco,
  evaluateVoc,
  recallOfProposals,
  scoreCurves,
} from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    data: { type: 'string' },
    detector: { type: 'string' },
    split: { type: 'string', default: 'train' },
    every: { type: 'string', default: '1' },
    options: { type: 'string' },
  },
});
for (const name of ['name', 'data', 'detector']) if (!values[name]) throw new Error(`--${name} is missing`);
const variations = values.options
  ? JSON.parse(values.options)
  : [
      {},
      { proposalIouThreshold: 0.6 },
      { proposalIouThreshold: 0.5 },
      { proposalIouThreshold: 0.4 },
      { iouThreshold: 0.4 },
      { refinements: 2 },
      { proposals: 150 },
    ];

console.log(`Backend: ${await startBackend()}`);
const whole = await readVoc(values.data, { split: values.split, invalidBoxes: 'skip' });
const every = Number(values.every);
const set = { ...whole, images: whole.images.filter((_, i) => i % every === every - 1) };
const truth = set.images.map(({ objects }) => objects);
const detector = await Detector.load(modelFolder(values.detector));
const rows = [];
let errors;
for (const options of variations) {
  const { detections, proposals } = await detectAll(detector, set, options);
  const recall = (overlap) => recallOfProposals(proposals, truth, [100], overlap)[0];
  // What is shown with the score threshold of the best F1, and with one for each class.
  const { all, classes } = scoreCurves(detections, truth);
  const row = {
    options,
    map: evaluateVoc(detections, truth).map,
    recall100: { 0.5: recall(0.5), 0.7: recall(0.7) },
    cocoAp: evaluateCoco(detections, truth).ap,
    shown: all.best,
    shownByClass: together(Object.values(classes)),
  };
  console.log(JSON.stringify(row));
  rows.push(row);
  errors ??= errorsOf(detections, all.best.threshold);
}
console.log(JSON.stringify(errors));
const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node'];
const file = new URL(`results/detectOptions-${values.name}.json`, import.meta.url);
writeResult(file, packages, { images: set.images.length, detect: detector.config.detect, rows, errors });

/**
 * Precision, recall and F1 of all classes, each with the threshold of its own best F1.
 */
function together(curves) {
  const [right, shown, objects] = [
    ({ best, objects }) => best.recall * objects,
    ({ best, objects }) => (best.recall * objects) / best.precision,
    ({ objects }) => objects,
  ].map((of) => curves.reduce((sum, curve) => sum + of(curve), 0));
  return { precision: right / shown, recall: right / objects, f1: (2 * right) / (shown + objects) };
}

/**
 * Of the boxes above a score, those that are wrong: a second one of an object, loose
 * (they overlap one by .1 to .5), or elsewhere. Of the objects, those that none shows,
 * and how many of these have a box with a lower score.
 */
function errorsOf(detections, scoreThreshold) {
  const sum = { scoreThreshold, right: 0, second: 0, loose: 0, elsewhere: 0, missed: 0, missedWithBox: 0 };
  for (const [i, objects] of truth.entries()) {
    const marked = objects.filter(({ difficult }) => !difficult);
    const found = new Set();
    for (const each of detections[i].filter(({ score }) => score > scoreThreshold)) {
      const own = objects.filter((object) => object.class === each.class);
      const overlaps = own.map((object) => overlapOf(each, object));
      const best = Math.max(0, ...overlaps);
      const at = own.findIndex((object, n) => overlaps[n] >= 0.5 && !found.has(object));
      if (at >= 0) {
        found.add(own[at]);
        sum.right++;
      } else if (best >= 0.5) sum.second++;
      else if (best >= 0.1) sum.loose++;
      else sum.elsewhere++;
    }
    const missed = marked.filter((object) => !found.has(object));
    sum.missed += missed.length;
    sum.missedWithBox += missed.filter((object) =>
      detections[i].some((each) => each.class === object.class && overlapOf(each, object) >= 0.5),
    ).length;
  }
  return sum;
}

function overlapOf(a, b) {
  return iou(toBoxes([a.box]), 0, toBoxes([b.box]), 0);
}
