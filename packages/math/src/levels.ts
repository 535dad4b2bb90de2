import * as tf from '@tensorflow/tfjs-core';
import { checkInteger } from './checks.js';

/** The magnitudes 2^n2 … 2^n1 that a tensor's weights may take, beside 0. Both ends included, n2 ≤ n1. */
export interface PowerOfTwoRange {
  n1: number;
  n2: number;
}

/**
 * The levels of one kernel, fixed before the first quantization step. Plain JSON, so that it can be kept in a checkpoint.
 * The weight at flat index i belongs to ranges[floor(i / inner) % ranges.length]: one range for a kernel quantized as in
 * the paper, one for each output channel otherwise. A channel of zeros has none (null).
 */
export interface Codebook {
  bits: number;
  ranges: (PowerOfTwoRange | null)[];
  inner: number;
}

/** The exponents of the smallest and the largest power of two that float32 holds. */
const smallestExponent = -149;
const largestExponent = 127;

/**
 * The range of exponents for weights up to a magnitude (INQ, arXiv:1702.03044, Eq. 2 and 3):
 * n1 = floor(log2(4s / 3)), n2 = n1 + 1 - 2^(bits-1) / 2, cut off where float32 ends.
 *
 * @param maxAbs s, the largest magnitude, a float32 number.
 * @param bits 2 to 8.
 * @returns null for s = 0: such a tensor has the one level 0.
 * @throws ArgumentError when bits is not an integer from 2 to 8.
 */
export function powerOfTwoRange(maxAbs: number, bits: number): PowerOfTwoRange | null {
  checkInteger(bits, 'bits', 2, 8);
  if (!(maxAbs > 0)) return null;
  const n1 = Math.min(nearestExponent(maxAbs), largestExponent);
  return { n1, n2: Math.max(n1 + 1 - 2 ** (bits - 1) / 2, smallestExponent) };
}

/**
 * The k of the level 2^k nearest to x > 0 in the sense of Eq. 4, the middle 1.5·2^k going up: as m·2^k with m in [1, 2),
 * k for m < 1.5, else k + 1. That is floor(log2(4x / 3)), without the rounding of a logarithm.
 */
function nearestExponent(x: number): number {
  float64[0] = x;
  // The rounding constant carries into the exponent from a mantissa of 1.5 on.
  return ((word[highWord] + 0x80000) >>> 20) - 1023;
}

const float64 = new Float64Array(1);
const word = new Uint32Array(float64.buffer);
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** All levels of a range in increasing order: -2^n1 … -2^n2, 0, 2^n2 … 2^n1. For null: 0 alone. */
export function powerOfTwoLevels(range: PowerOfTwoRange | null): Float32Array {
  if (!range) return Float32Array.of(0);
  const positive = Array.from({ length: range.n1 - range.n2 + 1 }, (_, i) => 2 ** (range.n2 + i));
  return Float32Array.from([...positive.map((level) => -level).reverse(), 0, ...positive]);
}

/**
 * The codebook of a kernel.
 *
 * @param channels Given for a range per output channel: their number, and how many neighbouring values share one.
 */
export function codebookOf(
  values: Float32Array,
  bits: number,
  channels = { count: 1, inner: values.length },
): Codebook {
  const { count, inner } = channels;
  const max = new Float32Array(count);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]);
    const channel = count === 1 ? 0 : Math.floor(i / inner) % count;
    if (magnitude > max[channel]) max[channel] = magnitude;
  }
  return { bits, ranges: Array.from(max, (maxAbs) => powerOfTwoRange(maxAbs, bits)), inner: Math.max(1, inner) };
}

/**
 * Rounds weights to 0 or ±2^k (INQ, Eq. 4): between neighbouring levels to the nearest, a tie going up in magnitude;
 * below 2^n2 / 2 to 0; above 2^n1 to 2^n1, for weights that grew since the codebook was made (the equation read
 * literally gives 0 there).
 *
 * @param values Finite float32 weights.
 * @returns New values, zeros of which are +0.
 */
export function roundToPowerOfTwo(values: Float32Array, codebook: Codebook): Float32Array {
  const { ranges, inner } = codebook;
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const range = ranges[ranges.length === 1 ? 0 : Math.floor(i / inner) % ranges.length];
    const magnitude = Math.abs(values[i]);
    if (!range || magnitude < 2 ** (range.n2 - 1)) continue;
    const level = 2 ** Math.min(Math.max(nearestExponent(magnitude), range.n2), range.n1);
    rounded[i] = values[i] < 0 ? -level : level;
  }
  return rounded;
}

/**
 * roundToPowerOfTwo on a tensor, without reading it back.
 *
 * @param tensor Any shape; flat index i as in Codebook. Backends that flush denormals (GPUs, libtensorflow) make magnitudes below 2^-126 0.
 */
export function roundTensorToPowerOfTwo<T extends tf.Tensor>(tensor: T, codebook: Codebook): T {
  const { ranges, inner } = codebook;
  return tf.tidy(() => {
    const perChannel = (f: (range: PowerOfTwoRange) => number) =>
      tf.tensor(
        ranges.map((range) => (range ? f(range) : Number.POSITIVE_INFINITY)),
        [1, ranges.length, 1],
      );
    const group = ranges.length === 1 ? tensor.size : inner;
    const grouped = tf.reshape(tensor, [tensor.size / (ranges.length * group) || 0, ranges.length, group]);
    const magnitude = tf.abs(grouped);
    let level: tf.Tensor = tf.zerosLike(magnitude);
    const levels = Math.max(0, ...ranges.map((range) => (range ? range.n1 - range.n2 + 1 : 0)));
    for (let i = 0; i < levels; i++) {
      const exponent = ({ n1, n2 }: PowerOfTwoRange) => Math.min(n2 + i, n1);
      const from = perChannel((range) => (i === 0 ? 0.5 : 0.75) * 2 ** exponent(range));
      // Where denormals are flushed, the lowest bound may have become 0.
      const reaches = tf.logicalAnd(tf.greaterEqual(magnitude, from), tf.greater(magnitude, 0));
      const value = tf.add(
        tf.zerosLike(magnitude),
        perChannel((range) => 2 ** exponent(range)),
      );
      level = tf.where(reaches, value, level);
    }
    const signed = tf.where(tf.less(grouped, 0), tf.neg(level), level);
    // -0 + 0 is +0.
    return tf.reshape(tf.add(signed, 0), tensor.shape) as T;
  });
}
