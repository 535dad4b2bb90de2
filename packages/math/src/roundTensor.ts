import * as tf from '@tensorflow/tfjs-core';
import type { Codebook, PowerOfTwoRange } from './levels.js';

/**
 * Weights that roundTensorToPowerOfTwo works on at a time: what it needs beside the
 * result stays small.
 */
const chunkSize = 1 << 20;

/**
 * roundToPowerOfTwo on a tensor, without reading it back: the exponent is found by
 * bisection, each trial a multiplication by a power of two, which is exact.
 *
 * ```js
 * const weights = Float32Array.of(0.9, -0.4, 0.1, 0.02);
 * console.log(roundTensorToPowerOfTwo(tf.tensor1d(weights), codebookOf(weights, 3)).dataSync().join(' ')); // → 1 -0.5 0 0
 * ```
 *
 * @param tensor Any shape; flat index i as in Codebook. Backends that flush denormals
 *   (GPUs, libtensorflow) make magnitudes below 2^-126 0.
 */
export function roundTensorToPowerOfTwo<T extends tf.Tensor>(tensor: T, codebook: Codebook): T {
  if (tensor.size === 0) return tf.clone(tensor);
  return tf.tidy(() => {
    const { ranges, inner } = codebook;
    const group = ranges.length === 1 ? Math.max(1, tensor.size) : inner;
    const rows = tensor.size / (ranges.length * group) || 0;
    const grouped = tf.reshape(tensor, [rows, ranges.length, group]);
    const axis = ranges.length === 1 ? 2 : 0;
    const length = grouped.shape[axis] as number;
    const step = Math.max(1, Math.floor((chunkSize * length) / Math.max(1, tensor.size)));
    const parts: tf.Tensor[] = [];
    for (let begin = 0; begin < length; begin += step) {
      const size = [rows, ranges.length, group];
      size[axis] = Math.min(step, length - begin);
      const at = [0, 0, 0];
      at[axis] = begin;
      parts.push(tf.tidy(() => roundGroups(tf.slice(grouped, at, size), ranges)));
    }
    const rounded = parts.length === 1 ? parts[0] : tf.concat(parts, axis);
    return tf.reshape(rounded, tensor.shape) as T;
  });
}

/** @param weights Of shape [any, ranges, any]. */
function roundGroups(weights: tf.Tensor, ranges: Codebook['ranges']): tf.Tensor {
  const perRange = (f: (range: PowerOfTwoRange) => number, otherwise: number) =>
    tf.tensor(
      ranges.map((range) => (range ? f(range) : otherwise)),
      [1, ranges.length, 1],
    );
  const magnitude = tf.abs(weights);
  let level: tf.Tensor = tf.add(
    tf.zerosLike(magnitude),
    perRange(({ n1 }) => 2 ** n1, 0),
  );
  const lowest = perRange(({ n2 }) => 2 ** n2, 0);
  const most = Math.max(0, ...ranges.map((range) => (range ? range.n1 - range.n2 : 0)));
  // From the highest level down, the largest stride first: the level above the one we go
  // to must not be reached.
  for (let stride = 2 ** Math.floor(Math.log2(Math.max(1, most))); stride >= 1 && most > 0; stride /= 2) {
    const next = tf.mul(level, 2 ** -stride);
    const goes = tf.logicalAnd(tf.less(magnitude, tf.mul(next, 1.5)), tf.greaterEqual(next, lowest));
    level = tf.where(goes, next, level);
  }
  const smallest = perRange(({ n2 }) => 2 ** (n2 - 1), Number.POSITIVE_INFINITY);
  // Where denormals are flushed, the lowest bound may have become 0.
  const isZero = tf.logicalOr(tf.less(magnitude, smallest), tf.equal(magnitude, 0));
  const signed = tf.mul(
    tf.where(isZero, tf.zerosLike(level), level),
    tf.where(tf.less(weights, 0), tf.scalar(-1), tf.scalar(1)),
  );
  // x - x is 0 where x is finite, NaN elsewhere; -0 + 0 is +0.
  return tf.add(signed, tf.sub(weights, weights));
}
