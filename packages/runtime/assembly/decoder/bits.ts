import { check } from './memory';

/**
 * The two parts of a file (SPEC.md, "Reading bits"): the coded one, of which the range
 * decoder has read as far as `at`, and behind it the raw one. Addresses are those in the
 * file.
 */
export let at: usize = 0;
let codedEnd: usize = 0;
let rawEnd: usize = 0;
let range: i32 = 0;
let code: i32 = 0;
let rawAt: usize = 0;
let rawWord: u32 = 0;
let rawCount: u32 = 0;

export function startBits(start: usize, end: usize, afterRaw: usize): void {
  at = start;
  codedEnd = rawAt = end;
  rawEnd = afterRaw;
  range = 0x7fffffff;
  for (let i = 0; i < 4; i++) next();
}

/** Throws when bytes are left over. */
export function finish(): void {
  check(at >= codedEnd && rawAt >= rawEnd);
}

function next(): void {
  check(at <= codedEnd + 4);
  code = (code << 8) | (at < codedEnd ? load<u8>(at) : 0);
  at++;
}

function split(bound: i32): i32 {
  const bit = <i32>(code < bound);
  if (bit) range = bound;
  else {
    code -= bound;
    range -= bound;
  }
  while (range < 0x800000) {
    range <<= 8;
    next();
  }
  return bit;
}

/** A bit that is 1 with probability p. */
export function bit(p: f64): i32 {
  return split(<i32>(<f64>range * p));
}

/** The same for a probability of p / 2^16. */
export function bit16(p: i32): i32 {
  return split((range >> 16) * p);
}

/** `count` ≤ 24 bits that nothing is known about. */
export function raw(count: u32): u32 {
  for (; rawCount < count; rawCount += 8) {
    check(rawAt < rawEnd);
    rawWord |= (<u32>load<u8>(rawAt++)) << rawCount;
  }
  const value = rawWord & ((1 << count) - 1);
  rawWord >>>= count;
  rawCount -= count;
  return value;
}

/** `count` ≤ 32 bits. */
export function word(count: u32): u32 {
  if (count <= 16) return raw(count);
  const high = raw(count - 16);
  return (high << 16) | raw(16);
}

/** The address of whole bytes of the raw part. */
export function bytes(length: usize): usize {
  rawCount = rawWord = 0;
  check(length <= rawEnd - rawAt);
  rawAt += length;
  return rawAt - length;
}
