import type { BitCoder } from '../codec/BitCoder.js';
import { ByteBuffer } from './ByteBuffer.js';

/** The counterpart of BitDecoder. */
export class BitEncoder implements BitCoder {
  readonly decoding = false;
  private range = 0x7fffffff;
  private low = 0;
  private readonly coded = new ByteBuffer();
  private readonly rawBytes = new ByteBuffer();
  private rawWord = 0;
  private rawCount = 0;

  bit(p: number, bit: number): number {
    return this.split((this.range * p) | 0, bit);
  }

  bit16(p: number, bit: number): number {
    return this.split((this.range >> 16) * p, bit);
  }

  private split(bound: number, bit: number): number {
    if (bit) {
      this.range = bound;
    } else {
      this.low += bound;
      this.range -= bound;
    }
    while (this.range < 0x800000) {
      this.shift();
      this.range <<= 8;
    }
    return bit;
  }

  raw(count: number, value: number): number {
    this.rawWord |= value << this.rawCount;
    this.rawCount += count;
    while (this.rawCount >= 8) {
      this.rawBytes.push(this.rawWord & 255);
      this.rawWord >>>= 8;
      this.rawCount -= 8;
    }
    return value;
  }

  bytes(_length: number, bytes: Uint8Array): Uint8Array {
    this.alignRaw();
    for (const byte of bytes) this.rawBytes.push(byte);
    return bytes;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.coded.size + this.rawBytes.size;
  }

  /**
   * The bytes written: of the coded part as few as identify the interval (trailing zeros
   * dropped), and the raw part.
   */
  finish(): { coded: Uint8Array; raw: Uint8Array } {
    const high = this.low + this.range;
    for (let keep = 1; keep <= 4; keep++) {
      const unit = 2 ** (32 - 8 * keep);
      const value = Math.ceil(this.low / unit) * unit;
      if (value >= high) continue;
      this.low = value;
      break;
    }
    for (let i = 0; i < 4; i++) this.shift();
    // A decoder reads up to four more, as zeros.
    this.coded.trimZeros(4);
    this.alignRaw();
    return { coded: this.coded.bytes(), raw: this.rawBytes.bytes() };
  }

  private alignRaw(): void {
    if (this.rawCount > 0) this.rawBytes.push(this.rawWord & 255);
    this.rawWord = 0;
    this.rawCount = 0;
  }

  private shift(): void {
    if (this.low >= 2 ** 32) {
      this.low -= 2 ** 32;
      this.coded.carry();
    }
    this.coded.push(Math.floor(this.low / 2 ** 24));
    this.low = (this.low % 2 ** 24) * 256;
  }
}
