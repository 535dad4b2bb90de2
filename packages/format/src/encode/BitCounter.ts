import type { BitCoder } from '../codec/BitCoder.js';

/** Adds up what a model would cost, in bits, without writing anything. */
export class BitCounter implements BitCoder {
  readonly decoding = false;
  private whole = 0;
  /** The product of the last probabilities: one logarithm for many of them. */
  private product = 1;

  get bits(): number {
    return this.whole - Math.log2(this.product);
  }

  bit(p: number, bit: number): number {
    this.product *= bit ? p : 1 - p;
    if (this.product < 1e-280) {
      this.whole -= Math.log2(this.product);
      this.product = 1;
    }
    return bit;
  }

  bit16(p: number, bit: number): number {
    return this.bit(p / 65536, bit);
  }

  raw(count: number, value: number): number {
    this.whole += count;
    return value;
  }

  bytes(length: number, bytes: Uint8Array): Uint8Array {
    // They begin at a whole byte: half a byte is lost on average.
    this.whole += 8 * length + 4;
    return bytes;
  }
}
