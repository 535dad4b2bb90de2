import type { Pixels } from './ImageSet.js';
import { withoutAlpha } from './loadImage.js';

/**
 * What a browser decodes, as bytes; a file is turned as its EXIF data say, which every
 * browser can do and Chromium cannot leave.
 */
export async function bitmapPixels(source: ImageBitmapSource): Promise<Pixels> {
  const bitmap = await createImageBitmap(source, { imageOrientation: 'from-image' });
  const { width, height } = bitmap;
  const canvas = canvasOf(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { data: withoutAlpha(data, new Uint8Array(3 * width * height)), width, height };
}

function canvasOf(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}
