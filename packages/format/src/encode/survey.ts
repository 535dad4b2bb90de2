import { maxLevels } from '../codec/TensorPlan.js';

/** What decides how a tensor can be coded. */
export interface Survey {
  nonZeros: number;
  /**
   * The non-zero values that occur, as float32 bits, by increasing magnitude; undefined
   * when there are more than maxLevels.
   */
  levels?: Int32Array;
  /**
   * Of the non-zero values: smallest and largest biased exponent, and the bits set in any
   * mantissa.
   */
  minExponent: number;
  maxExponent: number;
  mantissa: number;
}

/** One pass over the values (float32 bits) of a tensor. */
export function survey(data: Int32Array): Survey {
  const slots = 4 * maxLevels;
  const table = new Int32Array(slots);
  const found: number[] = [];
  let nonZeros = 0;
  let minExponent = 255;
  let maxExponent = 0;
  let mantissa = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value === 0) continue;
    nonZeros++;
    if (found.length <= maxLevels) {
      let slot = Math.imul(value, 0x9e3779b1) >>> 18;
      while (table[slot] !== 0 && table[slot] !== value) slot = (slot + 1) & (slots - 1);
      if (table[slot] === value) continue;
      table[slot] = value;
      found.push(value);
    }
    const exponent = (value >>> 23) & 255;
    if (exponent < minExponent) minExponent = exponent;
    if (exponent > maxExponent) maxExponent = exponent;
    mantissa |= value & 0x7fffff;
  }
  const magnitude = (value: number) => value & 0x7fffffff;
  const levels =
    found.length <= maxLevels ? Int32Array.from(found.sort((a, b) => magnitude(a) - magnitude(b) || b - a)) : undefined;
  return { nonZeros, levels, minExponent, maxExponent, mantissa };
}
