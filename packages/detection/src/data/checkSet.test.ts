import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { detectAll } from '../evaluation/detectAll.js';
import type { Detector } from '../model/Detector.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import { augmentImage } from './augment.js';
import { cachedBatches } from './cachedBatches.js';
import type { AnnotatedImage, Annotation, Pixels } from './ImageSet.js';
import { imageBatches } from './imageBatches.js';
import { imageExamples } from './imageExamples.js';

let detector: Detector;
beforeAll(() => {
  detector = tinyDetector();
});
const setWith = (objects: object[], more: Partial<AnnotatedImage> = {}) => {
  const set = tinySet();
  Object.assign(set.images[1], { objects: objects as Annotation[], ...more });
  return set;
};
const rgba = async (image: AnnotatedImage): Promise<Pixels> => {
  const { data, width, height } = await image.load();
  const out = new Uint8ClampedArray(width * height * 4).fill(77);
  for (let i = 0; i < width * height; i++) out.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return { data: out, width, height };
};

describe('a set made by hand', () => {
  it.each([
    [
      [{ box: [10, 8, 26, 24], class: 'Square' }],
      "image image1: expected classes among the detector's (square, bar), received 'Square'.",
    ],
    [
      [{ box: [500, 500, 600, 600], class: 'bar' }],
      "image image1, box of 'bar': expected inside of 48 × 32, received [500, 500, 600, 600].",
    ],
    [[{ box: [10, 8, 26, 40], class: 'bar' }], 'expected inside of 48 × 32'],
    [
      [{ box: [26, 24, 10, 8], class: 'bar' }],
      "image image1, box of 'bar': expected x1 < x2 and y1 < y2, received [26, 24, 10, 8].",
    ],
    [
      [{ box: [Number.NaN, 8, 26, 24], class: 'bar' }],
      'expected four numbers [x1, y1, x2, y2], received [NaN, 8, 26, 24].',
    ],
    [[{ class: 'bar' }], 'expected four numbers [x1, y1, x2, y2], received undefined.'],
  ])('is refused before anything is read: %j', async (objects, message) => {
    const set = setWith(objects, { load: () => Promise.reject(new Error('read')) });
    await expect(cachedBatches(detector, set)).rejects.toThrow(message);
    expect(() => imageBatches(detector, set)).toThrow(message);
    await expect(imageExamples(set).next()).rejects.toThrow(
      message.replace("detector's (square, bar)", "set's (bar, square)"),
    );
    await expect(detectAll(detector, set)).rejects.toThrow(
      message.replace("detector's (square, bar)", "set's (bar, square)"),
    );
  });

  it('may reach over the edge by the pixel that tools disagree in', async () => {
    await cachedBatches(detector, setWith([{ box: [-1, 0, 49, 32], class: 'bar' }]));
  });

  it.each([
    ['RGBA under another size', { data: new Uint8Array(48 * 32 * 4), width: 48, height: 31 }, 'received 6144.'],
    ['grey', { data: new Uint8Array(48 * 32), width: 48, height: 32 }, 'expected 4608 (RGB) or 6144 (RGBA) bytes'],
    ['floats', { data: new Float32Array(48 * 32 * 3), width: 48, height: 32 }, 'with bytes in data'],
    ['none', undefined, 'with bytes in data'],
    [
      'larger',
      { data: new Uint8Array(96 * 64 * 3), width: 96, height: 64 },
      'annotated as 48 × 32, but the image has 96 × 64.',
    ],
    ['turned', { data: new Uint8Array(48 * 32 * 3), width: 32, height: 48 }, 'has 32 × 48 (images are turned'],
  ])('has its pixels checked: %s', async (_, pixels, message) => {
    const set = setWith([], { load: async () => pixels as never });
    await expect(cachedBatches(detector, set)).rejects.toThrow(message);
    await expect(detectAll(detector, set)).rejects.toThrow(message);
    const batches = await imageBatches(detector, set, { shuffle: false, augment: { flip: 0.5 } }).iterator();
    tf.dispose((await batches.next()).value);
    await expect(batches.next()).rejects.toThrow(message);
    const examples = imageExamples(set);
    tf.dispose((await examples.next()).value);
    await expect(examples.next()).rejects.toThrow(message);
  });

  it('may have images with alpha: the same as without', async () => {
    const [plain] = tinySet().images;
    const pixels = await rgba(plain);
    const same = augmentImage(await plain.load(), [], {});
    expect(augmentImage(pixels, [], {})).toEqual(same);
    const set = tinySet();
    for (const image of set.images) image.load = () => Promise.resolve(pixels);
    expect(await detectAll(detector, set)).toEqual(await detectAll(detector, tinySet()));
  });

  it('may have images of any shape, and crops may be strips', async () => {
    const set = tinySet();
    for (const [i, [width, height]] of [
      [500, 1],
      [1, 300],
    ].entries()) {
      const load = async () => ({ data: new Uint8Array(width * height * 3), width, height });
      Object.assign(set.images[i], { width, height, load, objects: [{ box: [0, 0, 1, 1], class: 'bar' }] });
    }
    const { detections } = await detectAll(detector, set, { scoreThreshold: 0 });
    detections.forEach((list, i) => {
      for (const { box } of list) expect(box[2] <= [500, 1][i] && box[3] <= [1, 300][i]).toBe(true);
    });
    const batches = await imageBatches(detector, set, { batchSize: 2, augment: { crop: 0.1 } }).iterator();
    const { xs, ys } = (await batches.next()).value;
    expect(ys.shape).toEqual([2, 4]);
    tf.dispose(xs);
  });
});

describe('options', () => {
  const set = tinySet();
  it('that do not exist are named with the nearest that does', async () => {
    expect(() => imageBatches(detector, set, { batchsize: 4 } as never)).toThrow(
      "imageBatches has no option 'batchsize'. Did you mean 'batchSize'?",
    );
    expect(() => imageBatches(detector, set, { augment: { flp: 1 } as never })).toThrow("Did you mean 'flip'?");
    await expect(cachedBatches(detector, set, { flip: [] } as never)).rejects.toThrow(
      "cachedBatches has no option 'flip'. Did you mean 'flips'?",
    );
    await expect(detectAll(detector, set, { scoreTreshold: 0 } as never)).rejects.toThrow(
      "Did you mean 'scoreThreshold'?",
    );
    await expect(imageExamples(set, { flop: 1 } as never).next()).rejects.toThrow("augment has no option 'flop'");
  });

  it('are checked before anything is read', async () => {
    await expect(cachedBatches(detector, set, { flips: ['left'] as never })).rejects.toThrow(
      "flips: expected 'horizontal', 'vertical' or 'both', received 'left'.",
    );
    expect(() => imageBatches(detector, set, { batchSize: 0 })).toThrow('batchSize: expected an integer ≥ 1');
    expect(() => imageBatches(detector, set, { shuffle: 1 as never })).toThrow('shuffle: expected true or false');
    expect(() => imageBatches(detector, set, { seed: Number.NaN })).toThrow('seed: expected a number, received NaN.');
    expect(() => imageBatches(detector, set, { augment: { crop: 0 } })).toThrow('augment.crop: expected a part');
    expect(() => imageBatches(detector, undefined as never)).toThrow('set: expected { classes, images }');
  });

  it('that are undefined are the default', async () => {
    const nothing = { batchSize: undefined, shuffle: undefined, seed: undefined };
    expect(imageBatches(detector, set, { ...nothing, augment: undefined }).size).toBe(2);
    expect((await cachedBatches(detector, set, { ...nothing, flips: undefined })).size).toBe(2);
  });

  it('a trunk that is to be trained is not cached', async () => {
    const fineTuned = tinyDetector({ fineTune: true });
    await expect(cachedBatches(fineTuned, set)).rejects.toThrow('detector: expected one with a frozen trunk');
  });
});
