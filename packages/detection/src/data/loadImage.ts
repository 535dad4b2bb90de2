import { check } from '@tfjs-compress/math/internal';
import type { AnnotatedImage, Pixels } from './ImageSet.js';

/**
 * An image of a set as red, green, blue, checked: bytes, three or four a pixel, and as
 * large as it is annotated.
 *
 * @throws ArgumentError or Error that names the image.
 */
export async function loadImage({ name, width, height, load }: AnnotatedImage): Promise<Pixels> {
  const pixels = rgbOf(await load(), `image ${name}`);
  checkSize(name, { width, height }, pixels);
  return pixels;
}

/**
 * Pixels without alpha. Throws an ArgumentError unless they are bytes, three or four a
 * pixel.
 */
export function rgbOf(pixels: Pixels, argument: string): Pixels {
  const { data, width, height } = pixels ?? {};
  const areBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  check(areBytes, argument, '{ data, width, height } with bytes in data (Uint8Array, Uint8ClampedArray)', pixels);
  const count = width * height;
  const expected = `${3 * count} (RGB) or ${4 * count} (RGBA) bytes for ${width} × ${height} pixels`;
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && count > 0;
  check(isWhole && (data.length === 3 * count || data.length === 4 * count), argument, expected, data.length);
  if (data.length === 3 * count) return pixels;
  return { data: withoutAlpha(data, new Uint8Array(3 * count)), width, height };
}

/** Three of each four values. */
export function withoutAlpha<T extends { [index: number]: number }>(values: ArrayLike<number>, out: T): T {
  for (let from = 0, to = 0; from < values.length; from += 4, to += 3) {
    for (let c = 0; c < 3; c++) (out as { [index: number]: number })[to + c] = values[from + c];
  }
  return out;
}

/** Throws an Error that names the image unless it is as large as annotated. */
export function checkSize(
  name: string,
  annotated: { width: number; height: number },
  { width, height }: { width: number; height: number },
): void {
  if (width === annotated.width && height === annotated.height) return;
  const isTurned = width === annotated.height && height === annotated.width;
  const hint = isTurned ? ' (images are turned as their EXIF data say; boxes are taken as they are)' : '';
  throw new Error(
    `${name}: annotated as ${annotated.width} × ${annotated.height}, but the image has ${width} × ${height}${hint}.`,
  );
}
