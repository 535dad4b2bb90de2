import { AdaptiveBits } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';

/** Codes `count` ≤ 32 bits as they are. */
export function codeRaw(coder: BitCoder, count: number, value: number): number {
  if (count <= 16) return coder.raw(count, value);
  const high = coder.raw(count - 16, value >>> 16);
  return (high << 16) | coder.raw(16, value & 0xffff);
}

/** Codes the sign and the upper `mantissaBits` bits of the mantissa of a float32, given its exponent; returns all its bits. */
export function codeSignAndMantissa(coder: BitCoder, exponent: number, mantissaBits: number, value: number): number {
  const dropped = 23 - mantissaBits;
  const given = ((value >>> 31) << mantissaBits) | ((value & 0x7fffff) >>> dropped);
  const kept = coder.raw(mantissaBits + 1, given);
  const mantissa = (kept & ((1 << mantissaBits) - 1)) << dropped;
  return ((kept >>> mantissaBits) << 31) | (exponent << 23) | mantissa;
}

const unary = 24;

/** A few float32s: the exponent as its distance from the largest one, in adaptive bits; sign and mantissa as they are. */
export class FloatCoder {
  private readonly distances = new AdaptiveBits(unary + AdaptiveBits.numberSlots);

  constructor(
    private readonly maxExponent: number,
    private readonly mantissaBits: number,
  ) {}

  code(coder: BitCoder, value: number): number {
    const wanted = this.maxExponent - ((value >>> 23) & 255);
    let distance = 0;
    while (distance < unary && this.distances.code(coder, distance, distance < wanted ? 1 : 0)) distance++;
    if (distance === unary) distance += this.distances.codeNumber(coder, unary, wanted - unary);
    if (distance > this.maxExponent) invalid('exponent');
    return codeSignAndMantissa(coder, this.maxExponent - distance, this.mantissaBits, value);
  }
}
