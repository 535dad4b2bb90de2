import { checkInteger } from './checks.js';
import { keyMask, keyOfInfinity, keysOf } from './keys.js';

/**
 * The magnitudes 2^n2 … 2^n1 that a tensor's weights may take, beside 0. Both ends
 * included, n2 ≤ n1.
 */
export interface PowerOfTwoRange {
  n1: number;
  n2: number;
}

/**
 * The levels of one kernel, fixed before the first quantization step. Plain JSON, so that
 * it can be kept in a checkpoint. The weight at flat index i belongs to ranges[floor(i /
 * inner) % ranges.length]: one range for a kernel quantized as in the paper, one for each
 * output channel otherwise. A channel of zeros has none (null).
 */
export interface Codebook {
  bits: number;
  ranges: (PowerOfTwoRange | null)[];
  inner: number;
}

/** The exponents of the smallest and the largest power of two that float32 holds. */
export const smallestExponent = -149;
const largestExponent = 127;

/**
 * The range of exponents for weights up to a magnitude (INQ, arXiv:1702.03044, Eq. 2 and
 * 3): n1 = floor(log2(4s / 3)), n2 = n1 + 1 - 2^(bits-1) / 2, cut off where float32 ends.
 *
 * ```js
 * console.log(powerOfTwoRange(1, 3)); // → { n1: 0, n2: -1 }
 * ```
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
 * The k of the level 2^k nearest to x > 0 in the sense of Eq. 4, the middle 1.5·2^k going
 * up: as m·2^k with m in [1, 2), k for m < 1.5, else k + 1. That is floor(log2(4x / 3)),
 * without the rounding of a logarithm.
 */
function nearestExponent(x: number): number {
  float64[0] = x;
  // The rounding constant carries into the exponent from a mantissa of 1.5 on.
  return ((word[highWord] + 0x80000) >>> 20) - 1023;
}

const float64 = new Float64Array(1);
const word = new Uint32Array(float64.buffer);
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * All levels of a range in increasing order: -2^n1 … -2^n2, 0, 2^n2 … 2^n1. For null: 0
 * alone.
 *
 * ```js
 * console.log(powerOfTwoLevels(powerOfTwoRange(1, 3)).join(' ')); // → -1 -0.5 0 0.5 1
 * ```
 */
export function powerOfTwoLevels(range: PowerOfTwoRange | null): Float32Array {
  if (!range) return Float32Array.of(0);
  const positive = Array.from({ length: range.n1 - range.n2 + 1 }, (_, i) => 2 ** (range.n2 + i));
  return Float32Array.from([...positive.map((level) => -level).reverse(), 0, ...positive]);
}

export interface RoundOptions {
  /** Where the result goes; may be the values themselves. A new array when left out. */
  into?: Float32Array;
  /**
   * Which weights to round; the others are left as they are in `into`. All when left out.
   */
  where?: (index: number) => boolean;
}

/**
 * Rounds weights to 0 or ±2^k (INQ, Eq. 4): between neighbouring levels to the nearest, a
 * tie going up in magnitude; below 2^n2 / 2 to 0; above 2^n1 to 2^n1, for weights that
 * grew since the codebook was made (the equation read literally gives 0 there). What is
 * not finite becomes NaN, never a level.
 *
 * ```js
 * const weights = Float32Array.of(0.9, -0.4, 0.1, 0.02);
 * console.log(roundToPowerOfTwo(weights, codebookOf(weights, 3)).join(' ')); // → 1 -0.5 0 0
 * ```
 *
 * @returns The rounded values, zeros of which are +0.
 */
export function roundToPowerOfTwo(
  values: Float32Array,
  codebook: Codebook,
  { into = new Float32Array(values.length), where }: RoundOptions = {},
): Float32Array {
  const { ranges, inner } = codebook;
  const keys = keysOf(values);
  const result = keysOf(into);
  const levels = ranges.map(levelsByKey);
  for (let i = 0; i < values.length; i++) {
    if (where && !where(i)) continue;
    const of = levels[levels.length === 1 ? 0 : Math.floor(i / inner) % levels.length];
    const key = keys[i] & keyMask;
    if (key >= keyOfInfinity) into[i] = Number.NaN;
    else if (key < of.smallest) into[i] = 0;
    else {
      // The rounding constant carries into the exponent from a mantissa of 1.5 on.
      const nearest = of.hasDenormals ? nearestExponent(Math.abs(values[i])) + exponentBias : (key + 0x400000) >>> 23;
      const exponent = Math.min(Math.max(nearest, of.lowest), of.highest);
      result[i] = (keys[i] & ~keyMask) | of.keys[exponent - of.lowest];
    }
  }
  return into;
}

/**
 * A range in terms of keys (partition.ts): biased exponents, and the level's key for each
 * of them.
 */
interface LevelKeys {
  /** Keys from here on become a level. */
  smallest: number;
  lowest: number;
  highest: number;
  keys: Uint32Array;
  /** Levels for which the exponent bits do not say the exponent. */
  hasDenormals: boolean;
}

const exponentBias = 127;
/** Of a range without weights: no key is a level. */
const noLevels: LevelKeys = {
  smallest: keyOfInfinity,
  lowest: 1,
  highest: 0,
  keys: new Uint32Array(1),
  hasDenormals: false,
};

function levelsByKey(range: PowerOfTwoRange | null): LevelKeys {
  if (!range) return noLevels;
  const { n1, n2 } = range;
  const keyOf = (magnitude: number) => keysOf(Float32Array.of(magnitude))[0];
  const exponents = Array.from({ length: n1 - n2 + 1 }, (_, i) => n2 + i);
  return {
    smallest: Math.max(1, keyOf(2 ** (n2 - 1))),
    lowest: n2 + exponentBias,
    highest: n1 + exponentBias,
    keys: Uint32Array.from(exponents, (exponent) => keyOf(2 ** exponent)),
    hasDenormals: n2 - 1 < 1 - exponentBias,
  };
}

/**
 * How many of the weights are 0 or a level of the codebook.
 *
 * ```js
 * const weights = Float32Array.of(1, 0.4, 0);
 * console.log(countOnLevels(weights, codebookOf(weights, 3))); // → 2
 * ```
 */
export function countOnLevels(values: Float32Array, { ranges, inner }: Codebook): number {
  const keys = keysOf(values);
  const levels = ranges.map(levelsByKey);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const of = levels[levels.length === 1 ? 0 : Math.floor(i / inner) % levels.length];
    const key = keys[i] & keyMask;
    const exponent = key >>> 23;
    // Of a normal number that is a power of two, the mantissa is 0.
    const isLevel = of.hasDenormals
      ? of.keys.includes(key)
      : (key & 0x7fffff) === 0 && exponent >= of.lowest && exponent <= of.highest;
    count += Number(key === 0 || isLevel);
  }
  return count;
}
