import { check, checkInteger, resolveOptions } from '@tfjs-compress/math/internal';
import type { Pixels } from '../data/ImageSet.js';
import { rgbOf } from '../data/loadImage.js';
import { type Drawn, type DrawOptions, drawDetections } from './drawDetections.js';

export interface ImageGridOptions extends DrawOptions {
  /** Images in a row. Default: as many as make the grid about square. */
  columns?: number;
  /** Width and height that each image is made to fit in pixels. Default 240. */
  cell?: number;
}

/** Between images, in pixels. */
const gap = 6;

/**
 * Images with their boxes, side by side in one: to look at a batch, or at the worst of
 * a set.
 *
 * @param images Each with what is to be drawn on it: detections or objects, in its
 *   pixels.
 * @returns Red, green, blue, alpha on white, as ImageData has it.
 * @throws ArgumentError for an invalid option or image.
 * @example
 * const { value } = await (await batches.iterator()).next();
 * const grid = imageGrid(await batchImages(detector, value));
 */
export function imageGrid(
  images: readonly { pixels: Pixels; objects: readonly Drawn[] }[],
  options: ImageGridOptions = {},
): Pixels & { data: Uint8ClampedArray } {
  const {
    columns: wanted,
    cell = 0,
    ...drawOptions
  } = resolveOptions<ImageGridOptions>('imageGrid', options, {
    columns: undefined,
    cell: 240,
    classes: undefined,
    colors: undefined,
    lineWidth: undefined,
    label: undefined,
  });
  const areMany: boolean = Array.isArray(images) && images.length > 0;
  check(areMany, 'images', 'at least one', images);
  const columns = wanted ?? Math.ceil(Math.sqrt(images.length));
  checkInteger(columns, 'columns', 1);
  checkInteger(cell, 'cell', 16);
  const drawn = images.map(({ pixels, objects }, i) => {
    const { image, scale } = fitted(rgbOf(pixels, `images[${i}]`), cell);
    const scaled = objects.map((each: Drawn) => ({
      ...each,
      box: each.box.map((value) => value * scale) as typeof each.box,
    }));
    return drawDetections(image, scaled, drawOptions);
  });
  // Where each row begins, and the end: a row is as high as its highest image.
  const tops = [gap];
  for (let first = 0; first < drawn.length; first += columns) {
    const row = drawn.slice(first, first + columns);
    tops.push(tops[tops.length - 1] + Math.max(...row.map((each) => each.height)) + gap);
  }
  const width = Math.min(columns, drawn.length) * (cell + gap) + gap;
  const height = tops[tops.length - 1];
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  drawn.forEach((each, i) => {
    const left = gap + (i % columns) * (cell + gap);
    const top = tops[Math.floor(i / columns)];
    for (let y = 0; y < each.height; y++) {
      const row = each.data.subarray(4 * y * each.width, 4 * (y + 1) * each.width);
      data.set(row, 4 * ((top + y) * width + left));
    }
  });
  return { data, width, height };
}

/** The nearest pixels of an image that fits. */
function fitted({ data, width, height }: Pixels, cell: number): { image: Pixels; scale: number } {
  const scale = cell / Math.max(width, height);
  const [columns, rows] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  const out = new Uint8Array(3 * columns * rows);
  for (let y = 0; y < rows; y++) {
    const from = Math.min(height - 1, Math.floor((y + 0.5) / scale));
    for (let x = 0; x < columns; x++) {
      const at = 3 * (from * width + Math.min(width - 1, Math.floor((x + 0.5) / scale)));
      for (let c = 0; c < 3; c++) out[3 * (y * columns + x) + c] = data[at + c];
    }
  }
  return { image: { data: out, width: columns, height: rows }, scale };
}
