import * as tf from '@tensorflow/tfjs-core';
import {
  check,
  checkInteger,
  checkRange,
  checkValues,
  type Flip,
  normalizations,
  type Preprocessing,
  resizedSize,
} from '@tfjs-compress/math/internal';
import { bitmapPixels } from '../data/bitmapPixels.js';
import { withoutAlpha } from '../data/loadImage.js';
import type { HyperNetConfig } from './HyperNetOptions.js';

/**
 * Values 0 … 255 row by row, three a pixel or four (alpha is left out): ImageData or its
 * like.
 */
export interface PixelValues {
  data: ArrayLike<number>;
  width: number;
  height: number;
}

/**
 * What is there at once: a tensor [height, width, 3], values, or an image, canvas or
 * video.
 */
export type PreparableImage = tf.Tensor3D | PixelValues | Parameters<typeof tf.browser.fromPixels>[0];

/**
 * What can be detected in: also, in a browser, an image file (Blob) or its address, and a
 * VideoFrame. Files are turned as their EXIF data say.
 */
export type ImageInput = PreparableImage | Blob | string | URL | VideoFrame;

export interface Prepared {
  /**
   * [1, height, width, 3], both multiples of the deepest stride; zeros on the right and
   * below the image.
   */
  input: tf.Tensor4D;
  /** Size of the image in `input`, without padding. */
  width: number;
  height: number;
  /** `input`'s pixels in one of the image's. */
  scaleX: number;
  scaleY: number;
}

const kinds =
  'a tensor of shape [height, width, 3], { data, width, height }, an image, canvas or video, or in a browser ' +
  'also a Blob, an address or a VideoFrame (in Node: await readImage(file) of @tfjs-compress/detection/node)';

/** An <img> too: tf.browser.fromPixels() would take it at the size of its layout. */
const decoded = ['Blob', 'VideoFrame', 'HTMLImageElement'] as const;

/**
 * Reads what is not there at once, and looks at the values of tensors: 0 … 255, no NaN.
 */
export async function loadForDetection(image: ImageInput): Promise<PreparableImage> {
  if (image instanceof tf.Tensor) {
    await checkTensor(image);
    return image;
  }
  const isAddress = typeof image === 'string' || isA(image, 'URL');
  if (!isAddress && !decoded.some((name) => isA(image, name))) return image as PreparableImage;
  check(typeof createImageBitmap === 'function', 'image', kinds, image);
  return bitmapPixels(isAddress ? await blobAt(String(image)) : (image as Blob | VideoFrame | HTMLImageElement));
}

/** Resizes, scales and pads. The caller disposes of `input`. */
export function prepare(image: PreparableImage, config: HyperNetConfig, deepestStride: number): Prepared {
  let size: Omit<Prepared, 'input'> | undefined;
  const input = tf.tidy(() => {
    const pixels = tensorOf(image);
    const [rows, columns] = pixels.shape;
    const { width, height } = resizedSize(columns, rows, config);
    size = { width, height, scaleX: width / columns, scaleY: height / rows };
    const resized = tf.image.resizeBilinear(tf.cast(pixels, 'float32') as tf.Tensor3D, [height, width]);
    const up = (n: number) => Math.ceil(n / deepestStride) * deepestStride - n;
    const padded = tf.pad(toTrunk(resized, config.preprocessing), [
      [0, up(height)],
      [0, up(width)],
      [0, 0],
    ]);
    return tf.expandDims(padded, 0) as tf.Tensor4D;
  });
  return { input, ...(size as Omit<Prepared, 'input'>) };
}

/** What prepare() gives of the mirror image. */
export function mirrored({ input, width, height }: Prepared, flip: Flip): tf.Tensor4D {
  const axes = { horizontal: [2], vertical: [1], both: [1, 2] }[flip];
  const [, rows, columns] = input.shape;
  const padding: [number, number][] = [
    [0, 0],
    [0, rows - height],
    [0, columns - width],
    [0, 0],
  ];
  return tf.tidy(() => tf.pad(tf.reverse(tf.slice(input, [0, 0, 0, 0], [1, height, width, 3]), axes), padding));
}

function tensorOf(image: PreparableImage): tf.Tensor3D {
  if (image instanceof tf.Tensor) {
    const { shape } = image;
    check(shape.length === 3 && shape[2] === 3 && image.size > 0, 'image', kinds, shape);
    return image;
  }
  if (typeof (image as PixelValues)?.data?.length === 'number') return valuesTensor(image as PixelValues);
  check(typeof image === 'object' && image !== null && !('data' in image), 'image', kinds, image);
  try {
    return tf.browser.fromPixels(image as Parameters<typeof tf.browser.fromPixels>[0]);
  } catch (error) {
    check(!(error as Error).message?.startsWith('pixels passed to'), 'image', kinds, image);
    throw error;
  }
}

function valuesTensor({ data, width, height }: PixelValues): tf.Tensor3D {
  checkInteger(width, 'image.width', 1);
  checkInteger(height, 'image.height', 1);
  const count = width * height;
  const expected = `${3 * count} (RGB) or ${4 * count} (RGBA) values`;
  check(data.length === 3 * count || data.length === 4 * count, 'image.data', expected, data.length);
  checkValues(data);
  const rgb = data.length === 3 * count ? Float32Array.from(data) : withoutAlpha(data, new Float32Array(3 * count));
  return tf.tensor3d(rgb, [height, width, 3]);
}

/** Throws unless the values can be 0 … 255. Their sum is NaN where one of them is. */
async function checkTensor(pixels: tf.Tensor): Promise<void> {
  const isFloat = pixels.dtype === 'float32';
  check(isFloat || pixels.dtype === 'int32', 'image', 'a tensor of type int32 or float32', pixels.dtype);
  if (pixels.size === 0) return;
  const figures = tf.tidy(() => {
    const values = tf.cast(pixels, 'float32');
    return tf.stack([tf.min(values), tf.max(values), ...(isFloat ? [tf.sum(values)] : [])]);
  });
  const [smallest, largest, sum = 0] = await figures.data();
  figures.dispose();
  checkRange(Number.isNaN(sum) ? [sum, sum] : [smallest, largest], isFloat);
}

function toTrunk(pixels: tf.Tensor3D, preprocessing: Preprocessing): tf.Tensor3D {
  if (preprocessing === 'none') return pixels;
  const { mean, deviation, isReversed } = normalizations[preprocessing];
  const normalized = tf.div(tf.sub(pixels, tf.tensor1d([...mean])), tf.tensor1d([...deviation])) as tf.Tensor3D;
  return isReversed ? tf.reverse(normalized, -1) : normalized;
}

async function blobAt(address: string): Promise<Blob> {
  const response = await fetch(address).catch((error: Error) => {
    throw new Error(`${address}: cannot be fetched (${error.message}).`);
  });
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}.`);
  return response.blob();
}

/** instanceof, where there may be no such class. */
function isA(value: unknown, name: 'URL' | (typeof decoded)[number]): boolean {
  const type = (globalThis as unknown as Record<string, (new () => unknown) | undefined>)[name];
  return type !== undefined && value instanceof type;
}
