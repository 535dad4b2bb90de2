/**
 * Recall of proposals by how much they may overlap, on the images that the detectors
 * were trained on: what examples/blood-cells took its threshold from.
 *
 *   node benchmarks/hypernet/proposalOverlap.mjs --data BCCD [--runs FOLDER] [--variant
 *   fast] [--seeds 1,2,3,4,5]
 *
 * Takes the trained detectors that run.mjs left below --runs. Writes
 * results/proposalOverlap.json.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { Detector } from '@tfjs-compress/detection';
import { recallOfProposals } from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { meanAndSpread, writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    runs: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
    variant: { type: 'string', default: 'fast' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
  },
});
await startBackend();
const { images } = await readVoc(values.data, { split: 'train', invalidBoxes: 'skip' });
const truth = images.map(({ objects }) => objects);
const counts = [50, 100, 300];
const thresholds = [0.5, 0.6, 0.7, 0.8];
const recalls = [];
for (const seed of values.seeds.split(',')) {
  const folder = join(values.runs, `${values.variant}-${seed}`, 'trained', 'model');
  recalls.push(await recallsOf(await Detector.load(modelFolder(folder))));
}
const rows = thresholds.map((threshold, t) => {
  const recall = Object.fromEntries(
    counts.map((count, c) => [count, meanAndSpread(recalls.map((each) => each[t][c]))]),
  );
  console.log(threshold, counts.map((count) => `${count}: ${(100 * recall[count].mean).toFixed(2)}%`).join('  '));
  return { proposalIouThreshold: threshold, recall };
});
writeResult(new URL('results/proposalOverlap.json', import.meta.url), ['@tensorflow/tfjs', '@tensorflow/tfjs-node'], {
  variant: values.variant,
  images: images.length,
  rows,
});

/** [threshold][count] */
async function recallsOf(detector) {
  const proposals = thresholds.map(() => []);
  for (const image of images) {
    const { data, width, height } = await image.load();
    const tensor = tf.tensor3d(data, [height, width, 3], 'int32');
    for (const [t, proposalIouThreshold] of thresholds.entries()) {
      proposals[t].push(await detector.propose(tensor, counts.at(-1), { proposalIouThreshold }));
    }
    tensor.dispose();
  }
  return proposals.map((each) => recallOfProposals(each, truth, counts));
}
