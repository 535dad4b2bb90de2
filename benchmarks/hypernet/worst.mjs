/**
 * The 24 test images of BCCD with the most missed cells, as detection's README shows
 * them.
 *
 *   node benchmarks/hypernet/worst.mjs --data BCCD [--runs FOLDER] [--run fast-1]
 *
 * Takes what run.mjs left below --runs. Writes worst.jpg beside this file.
 */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Detector } from '@tfjs-compress/detection';
import { detectAll } from '@tfjs-compress/detection/evaluation';
import { readVoc } from '@tfjs-compress/detection/node';
import { startBackend } from '@tfjs-compress/example-tools';
import { compressed } from 'tfjs-compress';
import { worstMisses } from '../tools/worstMisses.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    runs: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
    run: { type: 'string', default: 'fast-1' },
  },
});
if (!values.data) throw new Error('--data FOLDER is missing');
await startBackend();
const file = join(values.runs, values.run, 'bloodCells.tfz');
const detector = await Detector.load(compressed(pathToFileURL(file).href));
const set = await readVoc(values.data, { split: 'test', invalidBoxes: 'skip' });
const { detections } = await detectAll(detector, set);
const output = fileURLToPath(new URL('worst.jpg', import.meta.url));
const grid = await worstMisses(detector, set, detections, 24, { columns: 6, cell: 200 });
await grid.jpeg({ quality: 70 }).toFile(output);
console.log(`Written: ${output}`);
