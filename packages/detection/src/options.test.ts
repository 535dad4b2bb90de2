import { gridIntervals } from '@tfjs-compress/math/internal';
import { expect, it } from 'vitest';
import { matchBoxes } from './boxes/matchBoxes.js';
import { sampleMatches } from './boxes/sampleMatches.js';
import { fetchCoco, fetchCsv, fetchVoc, fetchYolo } from './data/fetchSets.js';
import { readYolo } from './data/readSets.js';
import { yoloText } from './data/yoloText.js';
import { drawDetections } from './drawing/drawDetections.js';
import { BoxDecoding } from './layers/BoxDecoding.js';
import { LocalResponseNormalization } from './layers/LocalResponseNormalization.js';
import { Proposals } from './layers/Proposals.js';
import { RoIAlign } from './layers/RoIAlign.js';
import { RoIMaxPooling } from './layers/RoIMaxPooling.js';
import { trainSixSteps } from './model/trainSixSteps.js';
import { gridWeights } from './roi/roiAlignGrid.js';

const pixels = { data: new Uint8Array(3), width: 1, height: 1 };
const none = new Float32Array();
const intervals = gridIntervals({ width: 8, height: 8, stride: 4, scales: [4], ratios: [1] });

/**
 * Those whose own tests name no unknown option: what is called, an option that there is
 * not, and the nearest that there is.
 */
const cases: [owner: string, wrong: string, nearest: string, call: (options: never) => unknown][] = [
  ['matchBoxes', 'positiv', 'positive', (options) => matchBoxes(none, none, options)],
  ['sampleMatches', 'counts', 'count', (options) => sampleMatches(new Int32Array(), options)],
  ['yoloText', 'clases', 'classes', (options) => yoloText([], options)],
  ['drawDetections', 'color', 'colors', (options) => drawDetections(pixels, [], options)],
  ['readYolo', 'clases', 'classes', (options) => readYolo('.', options)],
  ['fetchVoc', 'splits', 'split', (options) => fetchVoc('', options)],
  ['fetchCoco', 'clases', 'classes', (options) => fetchCoco('', '', options)],
  ['fetchYolo', 'clases', 'classes', (options) => fetchYolo('', options)],
  ['fetchCsv', 'clases', 'classes', (options) => fetchCsv('', '', options)],
  ['trainSixSteps', 'epoch', 'epochs', (options) => trainSixSteps(undefined as never, undefined as never, options)],
  ['BoxDecoding', 'coders', 'coder', (options) => new BoxDecoding(options)],
  ['LocalResponseNormalization', 'bta', 'beta', (options) => new LocalResponseNormalization(options)],
  ['Proposals', 'strid', 'stride', (options) => new Proposals(options)],
  ['RoIAlign', 'sise', 'size', (options) => new RoIAlign(options)],
  ['gridWeights', 'sise', 'size', (options) => gridWeights(intervals, 2, 2, options)],
  ['RoIMaxPooling', 'sise', 'size', (options) => new RoIMaxPooling(options)],
];

it.each(cases)('%s names an option that there is not, and the nearest', async (owner, wrong, nearest, call) => {
  const message = `${owner} has no option '${wrong}'. Did you mean '${nearest}'?`;
  await expect((async () => call({ [wrong]: 1 } as never))()).rejects.toThrow(message);
});
