import { AdaptiveBits, numberSlots } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';

/** Codes `count` ≤ 32 bits as they are. */
export function codeRaw(coder: BitCoder, count: number, value: number): number {
  if (count <= 16) return coder.raw(count, value);
  const high = coder.raw(count - 16, value >>> 16);
  return (high << 16) | coder.raw(16, value & 0xffff);
}

/**
 * Codes the sign and the upper `mantissaBits` bits of the mantissa of a float32, given
 * its exponent; returns all its bits.
 */
export function codeSignAndMantissa(coder: BitCoder, exponent: number, mantissaBits: number, value: number): number {
  const dropped = 23 - mantissaBits;
  const given = ((value >>> 31) << mantissaBits) | ((value & 0x7fffff) >>> dropped);
  const kept = coder.raw(mantissaBits + 1, given);
  const mantissa = (kept & ((1 << mantissaBits) - 1)) << dropped;
  return ((kept >>> mantissaBits) << 31) | (exponent << 23) | mantissa;
}

const unary = 24;

/**
 * Codes a few float32s: the exponent as its distance from the largest one, in adaptive
 * bits; sign and mantissa as they are.
 */
export function floatCoder(maxExponent: number, mantissaBits: number): (coder: BitCoder, value: number) => number {
  const distances = new AdaptiveBits(unary + numberSlots);
  return (coder, value) => {
    const wanted = maxExponent - ((value >>> 23) & 255);
    let distance = 0;
    while (distance < unary && distances.code(coder, distance, distance < wanted ? 1 : 0)) distance++;
    if (distance === unary) distance += distances.codeNumber(coder, unary, wanted - unary);
    if (distance > maxExponent) invalid('exponent');
    return codeSignAndMantissa(coder, maxExponent - distance, mantissaBits, value);
  };
}
