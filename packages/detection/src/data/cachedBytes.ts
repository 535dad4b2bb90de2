import { checkInteger, resizedSize } from '@tfjs-compress/math/internal';
import type { Detector } from '../model/Detector.js';
import { checkSet } from './checkSet.js';
import type { ImageSet } from './ImageSet.js';

/**
 * [height, width, channels] of the trunk's three levels for a prepared image
 * [height, width, 3]; the first is pooled.
 */
export function levelShapes(detector: Detector, [height, width]: readonly number[]): [number, number, number][] {
  const { featureModel, strides } = detector;
  return [strides[1], strides[1], strides[2]].map((stride, i) => [
    height / stride,
    width / stride,
    featureModel.outputs[i].shape[3] as number,
  ]);
}

/**
 * Bytes that cachedBatches() needs for a set, in memory or on disk: to be looked at
 * before a training begins.
 *
 * @param copies Of each image: 1 and one for each of `flips`. Default 1.
 * @throws ArgumentError for the set.
 * @example
 * console.log(`${(cachedBytes(detector, set, 2) / 1e9).toFixed(1)} GB`);
 */
export function cachedBytes(detector: Detector, set: ImageSet, copies = 1): number {
  checkInteger(copies, 'copies', 1);
  checkSet(set, set?.classes, "the set's");
  const { config, strides } = detector;
  const up = (length: number) => Math.ceil(length / strides[2]) * strides[2];
  const values = set.images.map((image) => {
    const { width, height } = resizedSize(image.width, image.height, config);
    const shapes = levelShapes(detector, [up(height), up(width)]);
    return shapes.reduce((sum, [rows, columns, channels]) => sum + rows * columns * channels, 0);
  });
  return 4 * copies * values.reduce((sum, each) => sum + each, 0);
}
