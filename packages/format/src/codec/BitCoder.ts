/**
 * Codes one binary decision after the other. A model is written once, as calls to bit():
 * behind an encoder it writes the bits it is given, behind a decoder it ignores them and
 * returns those it reads. So the two directions cannot drift apart.
 */
export interface BitCoder {
  /** Whether the bits come out of the coder (true) or go into it. */
  readonly decoding: boolean;
  /**
   * Codes `bit` (0 or 1), which has probability `p` of being 1, with 2^-18 ≤ p ≤ 1 -
   * 2^-18. Returns the bit.
   */
  bit(p: number, bit: number): number;
  /** The same for a probability of p / 2^16, an integer with 0 < p < 2^16. */
  bit16(p: number, bit: number): number;
  /**
   * Codes `count` ≤ 24 bits that nothing is known about; they are kept apart from the
   * others, as they are. Returns them.
   */
  raw(count: number, value: number): number;
  /**
   * Codes whole bytes, kept apart with the raw bits. Returns them; given only when
   * encoding.
   */
  bytes(length: number, bytes?: Uint8Array): Uint8Array;
}

/** Codes nothing, for a run whose bits are not to be written. */
export const unwritten: BitCoder = {
  decoding: false,
  bit: (_p, bit) => bit,
  bit16: (_p, bit) => bit,
  raw: (_count, value) => value,
  bytes: (_length, bytes) => bytes!,
};
