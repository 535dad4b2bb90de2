/**
 * What a detector shows on BCCD's validation images where nothing is marked: are these
 * cells that nobody marked? A grid of them, for people to look at.
 *
 *   node benchmarks/hypernet/unmarked.mjs --data BCCD [--runs FOLDER] [--run fast-3]
 *
 * Takes what run.mjs left below --runs. Nothing is marked where no marked cell of any
 * class overlaps by .1. Writes unmarked.jpg beside this file: at most 96, evenly out of
 * all with a score above the best F1's, in their order; and results/unmarked.json with
 * counts for that score and for the one with which 85% of the marked cells are found.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Detector, imageGrid } from '@tfjs-compress/detection';
import { iouMatrix, toBoxes } from '@tfjs-compress/detection/boxes';
import { detectAll, scoreCurves } from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import sharp from 'sharp';
import { writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    runs: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
    run: { type: 'string', default: 'fast-3' },
  },
});
if (!values.data) throw new Error('--data FOLDER is missing');
const [wanted, columns, cell] = [96, 12, 100];
await startBackend();
const detector = await Detector.load(modelFolder(join(values.runs, values.run, 'trained', 'model')));
const set = await readVoc(values.data, { split: 'val', invalidBoxes: 'skip' });
const { detections } = await detectAll(detector, set);
const truth = set.images.map(({ objects }) => objects);
const { points, best } = scoreCurves(detections, truth).all;
const rows = [best, points.find(({ recall }) => recall >= 0.85)].map((point) => ({
  ...point,
  shown: detections.flat().filter(({ score }) => score > point.threshold).length,
  unmarked: unmarkedAbove(point.threshold).length,
}));
const unmarked = unmarkedAbove(best.threshold);
const step = Math.max(1, unmarked.length / wanted);
const tiles = [];
for (let i = 0; i < Math.min(wanted, unmarked.length); i++) tiles.push(await cutOut(unmarked[Math.floor(i * step)]));
const { data, width, height } = imageGrid(tiles, { columns, cell, label: () => '', lineWidth: 1 });
const output = fileURLToPath(new URL('unmarked.jpg', import.meta.url));
await sharp(data, { raw: { width, height, channels: 4 } })
  .jpeg({ quality: 70 })
  .toFile(output);
console.log(`Written: ${output}`);
const counts = { images: set.images.length, rows, drawn: tiles.length };
writeResult(new URL('results/unmarked.json', import.meta.url), ['@tensorflow/tfjs', '@tensorflow/tfjs-node'], counts);

function unmarkedAbove(threshold) {
  return set.images.flatMap((image, i) => {
    const marked = toBoxes(image.objects.map(({ box }) => box));
    const isUnmarked = ({ box }) => iouMatrix(toBoxes([box]), marked).every((overlap) => overlap < 0.1);
    const above = detections[i].filter(({ score }) => score > threshold);
    return above.filter(isUnmarked).map((each) => ({ each, image }));
  });
}

/** A detection with what is around it, as far as the image goes. */
async function cutOut({ each: { box, ...rest }, image }) {
  const pixels = await image.load();
  const [x1, y1, x2, y2] = box;
  const margin = 0.5 * Math.max(x2 - x1, y2 - y1);
  const [left, top] = [Math.max(0, Math.floor(x1 - margin)), Math.max(0, Math.floor(y1 - margin))];
  const width = Math.min(pixels.width, Math.ceil(x2 + margin)) - left;
  const height = Math.min(pixels.height, Math.ceil(y2 + margin)) - top;
  const part = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * pixels.width + left);
    part.set(pixels.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return {
    pixels: { data: part, width, height },
    objects: [{ ...rest, box: [x1 - left, y1 - top, x2 - left, y2 - top] }],
  };
}
