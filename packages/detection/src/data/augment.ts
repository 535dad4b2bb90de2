import { check, resolveOptions } from '@tfjs-compress/math/internal';
import type { Annotation, Pixels } from './ImageSet.js';
import { rgbOf } from './loadImage.js';

export interface AugmentOptions {
  /** Probability of mirroring left to right. Default 0. */
  flip?: number;
  /** Probability of mirroring top to bottom. Default 0. */
  flipVertically?: number;
  /**
   * Smallest and largest factor by which objects grow; below 1 the image is set into a
   * grey one. Default [1, 1].
   */
  scale?: readonly [smallest: number, largest: number];
  /**
   * Smallest part of each side that a crop keeps, 0 to 1; drawn for each side by itself.
   * Default 1, no crop.
   */
  crop?: number;
  /** Gives numbers in [0, 1). Default Math.random. */
  random?: () => number;
}

/** Checks the options and fills in the defaults. */
export function augmentationOf(options: AugmentOptions): Required<AugmentOptions> {
  const defaults: Required<AugmentOptions> = {
    flip: 0,
    flipVertically: 0,
    scale: [1, 1],
    crop: 1,
    random: Math.random,
  };
  const all = resolveOptions('augment', options, defaults);
  for (const key of ['flip', 'flipVertically'] as const) {
    check(all[key] >= 0 && all[key] <= 1, `augment.${key}`, 'a probability, 0 to 1', all[key]);
  }
  const { crop, scale, random } = all;
  check(crop > 0 && crop <= 1, 'augment.crop', 'a part above 0, at most 1', crop);
  const isRange = scale.length === 2 && scale[0] > 0 && scale[1] >= scale[0] && Number.isFinite(scale[1]);
  check(isRange, 'augment.scale', 'two positive factors, the smaller first', scale);
  check(typeof random === 'function', 'augment.random', 'a function that gives numbers in [0, 1)', random);
  return all;
}

/** Part of an object's area that must be left for it to stay an object. */
const visible = 0.5;
const grey = 128;

/**
 * A new image with its objects moved along: cut to a window that scale and crop give,
 * then mirrored. As images are resized to one size before the network, a smaller window
 * makes larger objects.
 *
 * ```js
 * const image = { data: new Uint8Array(3 * 40 * 30), width: 40, height: 30 };
 * const { objects } = augmentImage(image, [{ box: [0, 0, 10, 10], class: 'square' }], { flip: 1 });
 * console.log(objects[0].box); // → [ 30, 0, 40, 10 ]
 * ```
 *
 * @param image Red, green, blue (and alpha, which is left out) of each pixel, 0 … 255.
 * @param objects Their boxes are in pixels of the image.
 * @param options What may be changed; each is off by default.
 * @throws ArgumentError for an option or the image.
 */
export function augmentImage(
  image: Pixels,
  objects: readonly Annotation[],
  options: AugmentOptions,
): { pixels: Pixels; objects: Annotation[] } {
  const { flip, flipVertically, scale, crop, random } = augmentationOf(options);
  const pixels = rgbOf(image, 'image');
  const factor = scale[0] * (scale[1] / scale[0]) ** (scale[1] > scale[0] ? random() : 0);
  const side = (length: number) =>
    Math.max(1, Math.round((length / factor) * (crop < 1 ? crop + (1 - crop) * random() : 1)));
  const [width, height] = [side(pixels.width), side(pixels.height)];
  // A window that is larger than the image holds all of it.
  const start = (length: number, window: number) =>
    Math.floor(Math.min(0, length - window) + random() * (Math.abs(length - window) + 1));
  const left = start(pixels.width, width);
  const top = start(pixels.height, height);
  const mirrored = random() < flip;
  const upsideDown = random() < flipVertically;
  const data = new Uint8Array(width * height * 3).fill(grey);
  for (let y = 0; y < height; y++) {
    const row = top + (upsideDown ? height - 1 - y : y);
    if (row < 0 || row >= pixels.height) continue;
    for (let x = 0; x < width; x++) {
      const column = left + (mirrored ? width - 1 - x : x);
      if (column < 0 || column >= pixels.width) continue;
      const from = (row * pixels.width + column) * 3;
      const to = (y * width + x) * 3;
      data[to] = pixels.data[from];
      data[to + 1] = pixels.data[from + 1];
      data[to + 2] = pixels.data[from + 2];
    }
  }
  const moved = objects.flatMap((object): Annotation[] => {
    const [x1, y1, x2, y2] = object.box;
    const clip = (v: number, max: number) => Math.min(Math.max(v, 0), max);
    const [l, r] = [clip(x1 - left, width), clip(x2 - left, width)];
    const [t, b] = [clip(y1 - top, height), clip(y2 - top, height)];
    if ((r - l) * (b - t) < visible * (x2 - x1) * (y2 - y1)) return [];
    const box: Annotation['box'] = [
      mirrored ? width - r : l,
      upsideDown ? height - b : t,
      mirrored ? width - l : r,
      upsideDown ? height - t : b,
    ];
    return [{ ...object, box }];
  });
  return { pixels: { data, width, height }, objects: moved };
}
