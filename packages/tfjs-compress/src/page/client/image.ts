import { make } from './dom.js';
import { fill, type Plane } from './resample.js';

/**
 * Larger images are made smaller by the browser before anything else is done with them.
 */
const largestSide = 1024;

/** @throws Error for a file that the browser cannot show. */
export async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error('This file is not an image that the browser can read.');
  }
}

/** Gray, or red, green and blue. */
export function planesOf(bitmap: ImageBitmap, channels: 1 | 3): Plane[] {
  const scale = Math.min(1, largestSide / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(scale * side)));
  const context = make('canvas', { width, height }).getContext('2d', { willReadFrequently: true })!;
  cover(context, bitmap);
  return planesOn(context, channels);
}

/**
 * Draws the part in the middle that has the canvas's proportions, with paper behind what
 * is transparent.
 */
export function cover(context: CanvasRenderingContext2D, bitmap: ImageBitmap): void {
  const { width, height } = context.canvas;
  const ratio = Math.min(bitmap.width / width, bitmap.height / height);
  const [w, h] = [ratio * width, ratio * height];
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, (bitmap.width - w) / 2, (bitmap.height - h) / 2, w, h, 0, 0, width, height);
}

/**
 * What a canvas shows, as planes; gray by the weights of Rec. 601, as most libraries do.
 */
export function planesOn(context: CanvasRenderingContext2D, channels: 1 | 3): Plane[] {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const plane = (valueAt: (i: number) => number) => ({
    values: Float32Array.from({ length: width * height }, (_, i) => valueAt(4 * i) / 255),
    height,
    width,
  });
  if (channels === 3) return [0, 1, 2].map((channel) => plane((i) => data[i + channel]));
  return [plane((i) => 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2])];
}

/** Channels last, as models take it. */
export function interleave(planes: Plane[], to: { height: number; width: number }): Float32Array {
  const resized = planes.map((plane) => fill(plane, to));
  return Float32Array.from(
    { length: planes.length * to.height * to.width },
    (_, i) => resized[i % planes.length][Math.floor(i / planes.length)],
  );
}

/** Shows values from 0 to 1, as the model gets them. */
export function show(canvas: HTMLCanvasElement, values: Float32Array, channels: 1 | 3): void {
  const { width, height } = canvas;
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = Math.round(255 * values[channels * i + (c % channels)]);
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
}

/** Ink on paper, not light on black: the image's edge is bright. */
export function isDarkOnLight({ values, width, height }: Plane): boolean {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x > 0 && y > 0 && x < width - 1 && y < height - 1) continue;
    sum += values[i];
    count++;
  }
  return sum > count / 2;
}
