import type { BitCoder } from './decoder/BitCoder.js';

/** Adds up what a model would cost, in bits, without writing anything. */
export class BitCounter implements BitCoder {
  readonly decoding = false;
  bits = 0;

  bit(p: number, bit: number): number {
    this.bits -= Math.log2(bit ? p : 1 - p);
    return bit;
  }

  raw(count: number, value: number): number {
    this.bits += count;
    return value;
  }

  bytes(length: number, bytes: Uint8Array): Uint8Array {
    this.bits += 8 * length;
    return bytes;
  }
}
