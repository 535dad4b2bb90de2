import type { BitCoder } from './BitCoder.js';

/** 1 / (n + 1.5) for n = 0 … 255: the step of a probability that has seen n bits. */
export const steps = Float64Array.from({ length: 256 }, (_, n) => 1 / (n + 1.5));

/** Slots that AdaptiveBits.codeNumber uses from its base. */
export const numberSlots = 32 * 9;

/**
 * Adaptive probabilities, one a slot; each starts at 1/2 and moves by 1/(n + 1.5) after n
 * bits, n at most `limit` (≤ 255).
 */
export class AdaptiveBits {
  readonly p: Float32Array;
  readonly n: Uint8Array;

  constructor(
    slots: number,
    private readonly limit = 255,
  ) {
    this.p = new Float32Array(slots).fill(0.5);
    this.n = new Uint8Array(slots);
  }

  code(coder: BitCoder, slot: number, bit: number): number {
    const p = this.p[slot];
    const n = this.n[slot];
    const coded = coder.bit(Math.min(Math.max(p, 1e-5), 0.99999), bit);
    this.p[slot] = p + (coded - p) * steps[n];
    if (n < this.limit) this.n[slot] = n + 1;
    return coded;
  }

  /**
   * Codes an integer 0 ≤ value < 2^31 - 1: its length in unary, its 3 top bits in
   * context, the rest at even odds.
   */
  codeNumber(coder: BitCoder, base: number, value: number): number {
    const length = coder.decoding ? 0 : 31 - Math.clz32(value + 1);
    let bits = 0;
    while (bits < 30 && this.code(coder, base + bits, bits < length ? 1 : 0)) bits++;
    let result = 1;
    for (let i = bits - 1; i >= 0; i--) {
      const bit = ((value + 1) >>> i) & 1;
      const context = result < 8 ? base + 32 + bits * 8 + result : -1;
      result = 2 * result + (context < 0 ? coder.bit(0.5, bit) : this.code(coder, context, bit));
    }
    return result - 1;
  }
}
