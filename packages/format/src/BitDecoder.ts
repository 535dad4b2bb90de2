import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';

/**
 * Binary range decoder: a 32-bit window whose top bit starts at 0, so that range and code stay int32.
 * Bytes after the end read as zeros (the encoder drops trailing zeros); a few may be needed, more are an error.
 */
export class BitDecoder implements BitCoder {
  readonly decoding = true;
  private range = 0x7fffffff;
  private code = 0;
  private rawAt: number;
  private rawWord = 0;
  private rawCount = 0;

  /** Reads the coded part from bytes[at, end) and the raw part from bytes[end, rawEnd). */
  constructor(
    private readonly source: Uint8Array,
    private at: number,
    private readonly end: number,
    private readonly rawEnd: number,
  ) {
    this.rawAt = end;
    for (let i = 0; i < 4; i++) this.code = (this.code << 8) | this.next();
  }

  bit(p: number, _bit: number): number {
    const bound = (this.range * p) | 0;
    let bit: number;
    if (this.code < bound) {
      this.range = bound;
      bit = 1;
    } else {
      this.code -= bound;
      this.range -= bound;
      bit = 0;
    }
    while (this.range < 0x800000) {
      this.range <<= 8;
      this.code = (this.code << 8) | this.next();
    }
    return bit;
  }

  raw(count: number, _value: number): number {
    while (this.rawCount < count) {
      if (this.rawAt >= this.rawEnd) invalid('end');
      this.rawWord |= this.source[this.rawAt++] << this.rawCount;
      this.rawCount += 8;
    }
    const value = this.rawWord & ((1 << count) - 1);
    this.rawWord >>>= count;
    this.rawCount -= count;
    return value;
  }

  bytes(length: number): Uint8Array {
    this.rawCount = 0;
    this.rawWord = 0;
    if (length > this.rawEnd - this.rawAt) invalid('end');
    this.rawAt += length;
    return this.source.subarray(this.rawAt - length, this.rawAt);
  }

  /** Where in the source reading has come to. */
  get offset(): number {
    return Math.min(this.at, this.end);
  }

  /** To be called after the last bit: throws when bytes are left over. */
  finish(): void {
    if (this.at < this.end || this.rawAt < this.rawEnd) invalid('end');
  }

  private next(): number {
    if (this.at < this.end) return this.source[this.at++];
    if (this.at++ > this.end + 4) invalid('end');
    return 0;
  }
}
