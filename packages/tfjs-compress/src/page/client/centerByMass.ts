import { type Plane, resample } from './resample.js';

/**
 * What MNIST did to its digits (LeCun et al., 1998, section III.A): the ink, bright on
 * black, is scaled to fit a square of 20 of 28 pixels, its proportions kept, and placed
 * with its center of mass in the middle. An image without ink stays black.
 */
export function centerByMass(ink: Plane, to: { height: number; width: number }): Float32Array {
  const { values, height, width } = ink;
  let [top, left, bottom, right] = [height, width, -1, -1];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x];
      // Fainter is noise of a photograph or of compression.
      if (value < faintest) continue;
      [top, bottom] = [Math.min(top, y), y];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
    }
  }
  if (mass === 0) return new Float32Array(to.height * to.width);
  const box = (20 / 28) * Math.min(to.height, to.width);
  const ratio = Math.max(bottom - top + 1, right - left + 1) / box;
  // MNIST's centers are at pixel 14 of 0 … 27, whose middle is half a pixel right of the
  // middle of the image.
  const axis = (center: number, from: number, size: number) => ({
    start: center - ratio * (size / 2 + 0.5),
    ratio,
    from,
    to: size,
  });
  return resample(values, axis(massY / mass, height, to.height), axis(massX / mass, width, to.width), false);
}

const faintest = 0.1;
