/**
 * The fraction of exact zeros, in [0, 1]; 0 for no values.
 *
 * ```js
 * console.log(sparsityOf(Float32Array.of(0, 1, 0, 2))); // → 0.5
 * ```
 */
export function sparsityOf(values: Float32Array): number {
  return values.length > 0 ? countZeros(values) / values.length : 0;
}

export function countZeros(values: Float32Array): number {
  let zeros = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0) zeros++;
  return zeros;
}

export function countNonFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

/**
 * How often each value occurs, ±0 as one.
 *
 * ```js
 * console.log(countLevels(Float32Array.of(0, -0, 2, 2)).get(2)); // → 2
 * ```
 *
 * @returns undefined when there are more than `limit` values.
 */
export function countLevels(values: Float32Array, limit = Number.POSITIVE_INFINITY): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i] === 0 ? 0 : values[i];
    const count = counts.get(value);
    if (count === undefined && counts.size >= limit) return undefined;
    counts.set(value, (count ?? 0) + 1);
  }
  return counts;
}

/**
 * The number of different values, ±0 counted once.
 *
 * ```js
 * console.log(distinctLevels(Float32Array.of(0, -0, 2, 2))); // → 2
 * ```
 */
export function distinctLevels(values: Float32Array): number {
  return countLevels(values)!.size;
}

/**
 * Whether a weight is 0 or ±2^k.
 *
 * ```js
 * console.log([0, -0.25, 3].map(isPowerOfTwoOrZero)); // → [ true, true, false ]
 * ```
 */
export function isPowerOfTwoOrZero(value: number): boolean {
  return value === 0 || (Number.isFinite(value) && 2 ** Math.round(Math.log2(Math.abs(value))) === Math.abs(value));
}

/**
 * Zeroth-order entropy in bits per value: what no coder of single values can go below.
 *
 * ```js
 * console.log(entropyBits([2, 1, 1])); // → 1.5
 * ```
 */
export function entropyBits(counts: Iterable<number>): number {
  const list = [...counts].filter((count) => count > 0);
  const total = list.reduce((a, b) => a + b, 0);
  return list.reduce((bits, count) => bits - (count / total) * Math.log2(count / total), 0);
}

export interface WeightFigures {
  weights: number;
  nonZeros: number;
  /** nonZeros / weights. */
  remaining: number;
  /**
   * What one value takes in a codebook: ceil(log2(different values)), 255 levels and zero
   * being 8 bits. Of powers of two it is as INQ counts, 1 + ceil(log2(levels)): its
   * codebook has a place for zero whether zero occurs or not. 32 where there are more
   * than 256 levels.
   */
  bits: number;
  /** Distinct non-zero values; exact up to 256, the number of non-zero values beyond. */
  levels: number;
  float32Bytes: number;
  /**
   * By zeroth-order entropy, values that are listed or stored as float32 included: an
   * estimate of a packed file.
   */
  packedBytes: number;
}

/**
 * What a tensor's values take and how many there are, before and after compression (see
 * WeightFigures).
 *
 * ```js
 * const { remaining, bits } = weightFigures(Float32Array.of(0, 0, 0.5, -1));
 * console.log(remaining, bits); // → 0.5 2
 * ```
 */
export function weightFigures(values: Float32Array): WeightFigures {
  const weights = values.length;
  const nonZeros = weights - countZeros(values);
  const counts = countLevels(values, 257);
  const remaining = weights > 0 ? nonZeros / weights : 0;
  const common = { weights, nonZeros, remaining, float32Bytes: 4 * weights };
  if (!counts) {
    const maskBits = entropyBits([nonZeros, weights - nonZeros]) * weights;
    return { ...common, bits: 32, levels: nonZeros, packedBytes: Math.ceil(maskBits / 8) + 4 * nonZeros };
  }
  const levels = counts.size - (counts.has(0) ? 1 : 0);
  const inqBits = 1 + Math.ceil(Math.log2(Math.max(1, levels)));
  const isInq = inqBits <= 8 && [...counts.keys()].every(isPowerOfTwoOrZero);
  const bits = isInq ? inqBits : Math.max(1, Math.ceil(Math.log2(counts.size)));
  const packedBytes = Math.ceil((entropyBits(counts.values()) * weights) / 8) + 4 * levels;
  return { ...common, bits, levels, packedBytes };
}
