/**
 * How well sliding windows fit the training boxes: k-means of their widths and heights by
 * overlap (Redmon and Farhadi, YOLO9000, 2017), beside grids of scales and ratios.
 *
 *   node benchmarks/hypernet-voc/anchors.mjs --data VOC2007
 *
 * Writes results/anchors.json.
 */
import { parseArgs } from 'node:util';
import { readVoc } from '@tfjs-compress/detection/node';
import { writeResult } from '../tools/results.mjs';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (!values.data) throw new Error('--data FOLDER is missing');
const { images } = await readVoc(values.data, { split: 'train' });
/** [width, height] in images whose short side has 300 pixels. */
const sizes = images.flatMap(({ width, height, objects }) => {
  const scale = Math.min(300 / Math.min(width, height), 500 / Math.max(width, height));
  const counted = objects.filter(({ difficult }) => !difficult);
  return counted.map(({ box: [x1, y1, x2, y2] }) => [(x2 - x1) * scale, (y2 - y1) * scale]);
});
const ratios = [0.5, 1, 2];
const grids = {
  'five scales': [24, 48, 96, 160, 240],
  'six scales': [20, 36, 64, 110, 180, 270],
};
const rows = Object.entries(grids).map(([name, scales]) => ({ name, ...fit(gridOf(scales)), scales, ratios }));
for (const k of [15, 18]) {
  const windows = kMeans(k);
  rows.push({ name: 'k-means', ...fit(windows), sizes: windows.map((size) => size.map(Math.round)) });
}
console.table(rows, ['name', 'windows', 'meanOverlap', 'above0.5', 'above0.7']);
writeResult(new URL('results/anchors.json', import.meta.url), [], { boxes: sizes.length, rows });

function gridOf(scales) {
  return scales.flatMap((scale) => ratios.map((ratio) => [scale / Math.sqrt(ratio), scale * Math.sqrt(ratio)]));
}

/** Overlaps of the boxes with the best window, both centered. */
function fit(windows) {
  const best = sizes.map((size) => Math.max(...windows.map((each) => overlap(size, each))));
  const share = (least) => best.filter((each) => each >= least).length / best.length;
  const meanOverlap = best.reduce((a, b) => a + b, 0) / best.length;
  return { windows: windows.length, meanOverlap, 'above0.5': share(0.5), 'above0.7': share(0.7) };
}

function overlap([w1, h1], [w2, h2]) {
  const both = Math.min(w1, w2) * Math.min(h1, h2);
  return both / (w1 * h1 + w2 * h2 - both);
}

function kMeans(k) {
  const step = Math.floor(sizes.length / k);
  let centers = Array.from({ length: k }, (_, i) => sizes[i * step]);
  for (let round = 0; round < 100; round++) {
    const groups = centers.map(() => []);
    for (const size of sizes) {
      const overlaps = centers.map((center) => overlap(size, center));
      groups[overlaps.indexOf(Math.max(...overlaps))].push(size);
    }
    const mean = (group, axis) => group.reduce((sum, size) => sum + size[axis], 0) / group.length;
    centers = groups.map((group, i) => (group.length > 0 ? [mean(group, 0), mean(group, 1)] : centers[i]));
  }
  return centers.sort((a, b) => a[0] * a[1] - b[0] * b[1]);
}
