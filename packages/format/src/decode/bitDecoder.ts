import type { BitCoder } from '../codec/BitCoder.js';
import { invalid } from '../codec/FormatError.js';

export interface BitDecoder extends BitCoder {
  /** Where in the source reading has come to. */
  offset(): number;
  /** To be called after the last bit: throws when bytes are left over. */
  finish(): void;
}

/**
 * Binary range decoder: a 32-bit window whose top bit starts at 0, so that range and code
 * stay int32. Reads the coded part from source[at, end) and the raw part from source[end,
 * rawEnd). Bytes after the end of the coded part read as zeros (the encoder drops
 * trailing zeros); a few may be needed, more are an error.
 */
export function bitDecoder(source: Uint8Array, at: number, end: number, rawEnd: number): BitDecoder {
  let range = 0x7fffffff;
  let code = 0;
  let rawAt = end;
  let rawWord = 0;
  let rawCount = 0;
  const next = (): void => {
    if (at > end + 4) invalid('end');
    code = (code << 8) | (at < end ? source[at] : 0);
    at++;
  };
  const split = (bound: number): number => {
    const bit = code < bound ? 1 : 0;
    if (bit) {
      range = bound;
    } else {
      code -= bound;
      range -= bound;
    }
    while (range < 0x800000) {
      range <<= 8;
      next();
    }
    return bit;
  };
  for (let i = 0; i < 4; i++) next();
  return {
    decoding: true,
    bit: (p) => split((range * p) | 0),
    bit16: (p) => split((range >> 16) * p),
    raw(count) {
      for (; rawCount < count; rawCount += 8) {
        if (rawAt >= rawEnd) invalid('end');
        rawWord |= source[rawAt++] << rawCount;
      }
      const value = rawWord & ((1 << count) - 1);
      rawWord >>>= count;
      rawCount -= count;
      return value;
    },
    bytes(length) {
      rawCount = rawWord = 0;
      if (length > rawEnd - rawAt) invalid('end');
      rawAt += length;
      return source.subarray(rawAt - length, rawAt);
    },
    offset: () => Math.min(at, end),
    finish() {
      if (at < end || rawAt < rawEnd) invalid('end');
    },
  };
}
