import type * as tf from '@tensorflow/tfjs-core';
import { check, checkInteger, checkKnownOptions, type RoIAlignOptions } from '@tfjs-compress/math/internal';

/** Throws for options that make no RoI pooling. */
export function checkRoI(options: RoIAlignOptions, owner = 'roiAlign'): void {
  const known = owner === 'roiMaxPool' ? ['size', 'stride'] : ['size', 'stride', 'samplingRatio', 'aligned'];
  checkKnownOptions(options, known, owner);
  const { size, stride = 1, samplingRatio = 2, aligned = true } = options;
  checkInteger(size, 'size', 1);
  check(Number.isFinite(stride) && stride > 0, 'stride', 'a positive number', stride);
  checkInteger(samplingRatio, 'samplingRatio', 0);
  check(typeof aligned === 'boolean', 'aligned', 'true or false', aligned);
}

/** Throws an ArgumentError unless there is a row of boxes for each image. */
export function checkBoxes(features: tf.Tensor4D, boxes: tf.Tensor3D): void {
  const expected = `a tensor of shape [${features.shape[0]}, n, 4], one row of boxes per image`;
  const isOne = boxes.shape.length === 3 && boxes.shape[0] === features.shape[0] && boxes.shape[2] === 4;
  check(isOne, 'boxes', expected, boxes.shape);
}
