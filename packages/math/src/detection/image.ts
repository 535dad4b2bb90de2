import { check } from '../checks.js';

/** Keras' names, and 'none'. */
export const preprocessings = ['tf', 'caffe', 'torch', 'none'] as const;

/**
 * What a trunk expects of values 0 … 255: 'tf' scales to [−1, 1], 'caffe' is BGR minus
 * ImageNet's mean, 'torch' scales to [0, 1] and then normalizes by ImageNet's mean and
 * deviation, 'none' nothing.
 */
export type Preprocessing = (typeof preprocessings)[number];

/** How a detector takes an image. */
export interface ImageConfig {
  /** What the trunk expects of values 0 … 255; see Preprocessing. */
  preprocessing: Preprocessing;
  /**
   * Images are resized so that their shorter side has this many pixels, the longer at
   * most `longSide`.
   */
  shortSide: number;
  longSide: number;
}

/** (value − mean) / deviation of red, green, blue; then blue first if `isReversed`. */
interface Normalization {
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
  isReversed: boolean;
}

/**
 * What each preprocessing does with values from 0 to 255: (value - mean) / deviation, by
 * channel.
 */
export const normalizations: Record<Preprocessing, Normalization> = {
  tf: { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5], isReversed: false },
  // The means that Caffe's models subtract.
  caffe: { mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1], isReversed: true },
  // torchvision's mean and deviation of values 0 … 1, times 255.
  torch: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375], isReversed: false },
  none: { mean: [0, 0, 0], deviation: [1, 1, 1], isReversed: false },
};

/**
 * Size to which an image is resized: shorter side = shortSide unless the longer one
 * would then be above longSide. No side is less than one pixel, however thin the image.
 */
export function resizedSize(
  width: number,
  height: number,
  { shortSide, longSide }: Pick<ImageConfig, 'shortSide' | 'longSide'>,
) {
  const scale = Math.min(shortSide / Math.min(width, height), longSide / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

/**
 * Throws an ArgumentError unless an image's values can be 0 … 255.
 *
 * @param range The smallest and the largest; NaN where there is one.
 * @param areFloats Whether they could be fractions: then nothing above 1 is a mistake,
 *   too.
 */
export function checkRange([smallest, largest]: readonly [number, number], areFloats: boolean): void {
  const range = [smallest, largest];
  const argument = 'image (smallest and largest value)';
  check(smallest >= 0 && largest <= 255, argument, 'values 0 … 255', range);
  const isScaled = areFloats && largest > 0 && largest <= 1;
  check(!isScaled, argument, 'values 0 … 255 (multiply by 255 those that are 0 … 1)', range);
}

/** The same for an image's values, of which bytes need not be looked at. */
export function checkValues(values: ArrayLike<number>): void {
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return;
  const areIntegers = ArrayBuffer.isView(values) && !(values instanceof Float32Array || values instanceof Float64Array);
  checkRange(rangeOf(values), !areIntegers);
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) return [value, value];
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return [smallest, largest];
}
