import { bit, bit16, raw } from './bits';
import { check, take } from './memory';

/** Slots that `number` uses; each has 8 bytes, p and n. */
export const numberSlots = 288;
/** The bits of 1/2, where every slot begins. */
const half = 0x3f000000;

/** A bit in the context of a slot, whose probability moves by 1 / (n + 1.5). */
export function adaptive(slot: usize, limit: i32): i32 {
  const p: f64 = reinterpret<f32>(load<i32>(slot) ^ half);
  const n = load<i32>(slot, 4);
  const coded = bit(min(max(p, 1e-5), 0.99999));
  store<i32>(slot, reinterpret<i32>(<f32>(p + (<f64>coded - p) * stepOf(n))) ^ half);
  if (n < limit) store<i32>(slot, n + 1, 4);
  return coded;
}

export function stepOf(n: i32): f64 {
  return 1 / (<f64>n + 1.5);
}

/** An integer 0 ≤ value < 2^31 - 1. */
export function number(base: usize, limit: i32): i32 {
  let bits = 0;
  while (bits < 30 && adaptive(base + (bits << 3), limit)) bits++;
  let result = 1;
  for (let i = bits; i > 0; i--) {
    result = 2 * result + (result < 8 ? adaptive(base + ((32 + (bits << 3) + result) << 3), limit) : bit(0.5));
  }
  return result - 1;
}

/** Distances of exponents that are coded one by one. */
const unary: u32 = 24;

/** Slots for `few`. */
export function takeFew(): usize {
  return take((unary + numberSlots) * 8);
}

/** One of a few float32s, whose exponents are not above the largest one. */
export function few(slots: usize, exponent: u32, mantissaBits: u32): i32 {
  let distance: u32 = 0;
  while (distance < unary && adaptive(slots + (distance << 3), 255)) distance++;
  if (distance === unary) distance += number(slots + unary * 8, 255);
  check(distance <= exponent);
  return signAndMantissa(exponent - distance, mantissaBits);
}

/** A float32 of which the exponent and so many bits of the mantissa are known. */
export function signAndMantissa(exponent: u32, mantissaBits: u32): i32 {
  const kept = raw(mantissaBits + 1);
  const mantissa = (kept & ((1 << mantissaBits) - 1)) << (23 - mantissaBits);
  return ((kept >>> mantissaBits) << 31) | (exponent << 23) | mantissa;
}

/** Slots of integers: p, of which 2^22 is 1, above the 8 bits of n. At first p is 1/2. */
const first = 1 << 29;

/**
 * A bit with the prediction of a slot and of a more general one (SPEC.md, "both");
 * addresses of words.
 */
export function both(slot: usize, general: usize, doubt: i32): i32 {
  const own = load<i32>(slot) ^ first;
  const other = load<i32>(general) ^ first;
  const n = own & 255;
  const p = other >> 8;
  const weight = (n << 12) / (n + 4 + 44 * doubt);
  const mean = (p >> 6) + (((((own >> 8) - p) >> 6) * weight) >> 12);
  const coded = bit16(mean - (mean >> 10) + 32);
  learn(slot, own, coded);
  if (slot !== general) learn(general, other, coded);
  return coded;
}

function learn(slot: usize, state: i32, coded: i32): void {
  const p = state >> 8;
  const n = state & 255;
  const moved = p + (((((coded << 22) - p) >> 7) * (0x10000 / (2 * n + 3))) >> 8);
  store<i32>(slot, ((moved << 8) | (n + <i32>(n < 255))) ^ first);
}
