import type { BitCoder } from './BitCoder.js';

/** 2^15 / (n + 1.5): the step of a probability that has seen n bits. */
const steps = Int32Array.from({ length: 256 }, (_, n) => 2 ** 15 / (n + 1.5));
/**
 * 2^12 n / (n + 4 + 44 i), i = 0 or 1: what a slot counts for that has seen n bits,
 * against a more general one.
 */
const weights = Int32Array.from({ length: 512 }, (_, i) => (2 ** 12 * (i >> 1)) / ((i >> 1) + 4 + 44 * (i & 1)));

/**
 * Adaptive probabilities as those of AdaptiveBits, as integers of which 2^22 is 1: before
 * an engine has compiled anything, each result that is not a small integer costs it an
 * allocation.
 */
export class IntegerBits {
  private readonly p: Int32Array;
  private readonly n: Uint8Array;

  constructor(slots: number) {
    this.p = new Int32Array(slots).fill(2 ** 21);
    this.n = new Uint8Array(slots);
  }

  /**
   * Codes a bit with the prediction of a slot and that of a more general one, which
   * counts for as much as 4 bits seen by the first, or 48 if `doubt` is 1. The two can be
   * the same.
   */
  code(coder: BitCoder, slot: number, general: number, doubt: number, bit: number): number {
    const { p, n } = this;
    const first = p[slot];
    const second = p[general];
    const seen = n[slot];
    const mean = (second >> 6) + ((((first - second) >> 6) * weights[2 * seen + doubt]) >> 12);
    const coded = coder.bit16(mean - (mean >> 10) + 32, bit);
    const target = coded << 22;
    p[slot] = first + ((((target - first) >> 7) * steps[seen]) >> 8);
    if (seen < 255) n[slot] = seen + 1;
    if (slot !== general) {
      const all = n[general];
      p[general] = second + ((((target - second) >> 7) * steps[all]) >> 8);
      if (all < 255) n[general] = all + 1;
    }
    return coded;
  }
}
