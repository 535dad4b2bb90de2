import { few, takeFew } from './adaptive';
import { startBits, word } from './bits';
import { forget, know } from './lists';
import { check, free, keep, setBudget, startAt, take } from './memory';
import { startMixing } from './mixer';
import { mixSymbols } from './mixSymbols';
import { mixText } from './mixText';
import {
  exponent,
  level,
  levelCount,
  mantissaBits,
  Positions,
  positions,
  readPlan,
  startFields,
  Values,
  values,
} from './plan';
import { put, readTables } from './tables';
import { guessText } from './text';
import { readTree } from './tree';

/*
 * SPEC.md of packages/format in AssemblyScript, for what has to start at once. The
 * decoder of packages/format, in TypeScript, shares its code (src/codec) with the encoder
 * and asks for no WebAssembly; unpack.test.ts holds both to the same results.
 */
export { at, finish } from './bits';
export { columnLists } from './lists';

let version: i32 = 0;

/** CRC-32 (IEEE 802.3) of the bytes [0, end). */
export function crc(end: usize): i32 {
  let c: u32 = -1;
  for (let i: usize = 0; i < end; i++) {
    c ^= load<u8>(i);
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c;
}

/**
 * Begins with a file of so many bytes at 0; returns where the text that is known goes,
 * which has to have room for all of it.
 */
export function open(length: usize, inVersion: i32, start: usize, end: usize, afterRaw: usize, room: usize): usize {
  version = inVersion;
  startAt(length);
  startBits(start, end, afterRaw);
  setBudget((1 << 22) + 64 * <i64>length);
  if (version === 1) startMixing();
  const place = take(room);
  keep();
  return place;
}

/** Decodes the bytes [start, end) of text, those from `from` on being known. */
export function text(from: usize, start: usize, end: usize): void {
  if (version === 1) mixText(from, start, end);
  else guessText(from, start, end);
  free();
  startFields();
  keep();
}

/**
 * Decodes the elements of a tensor, of four bytes each (shift 2) or of one; returns where
 * they are until the next.
 */
export function tensor(size: u32, shift: i32, columns: u32): usize {
  free();
  forget();
  const data = take(size << shift);
  if (size > 0) readTensor(data, size, shift, columns);
  return data;
}

function readTensor(data: usize, size: u32, shift: i32, columns: u32): void {
  readPlan(version);
  if (values === Values.raw || values === Values.bytes) {
    const bits = values === Values.raw ? 32 : 8;
    for (let i: u32 = 0; i < size; i++) put(data, i, shift, word(bits));
  } else if (positions <= Positions.gaps) readTables(data, size, shift);
  else if (positions === Positions.few) {
    const slots = takeFew();
    for (let i: u32 = 0; i < size; i++) put(data, i, shift, few(slots, exponent, mantissaBits));
  } else readMixed(data, size, shift, columns);
}

/** Symbols first, then what they leave open. */
function readMixed(data: usize, size: u32, shift: i32, columns: u32): void {
  const hasZeros = positions === Positions.mixed;
  const symbols = take(size << 1);
  const places = take(size << 2);
  const rows = size / columns;
  const count =
    version === 1
      ? mixSymbols(symbols, places, rows, columns, hasZeros)
      : readTree(symbols, places, rows, columns, hasZeros);
  know(places, count);
  const slots = takeFew();
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(places + (i << 2));
    const symbol: i32 = load<u16>(symbols + (at << 1));
    check(symbol <= (levelCount || 1));
    put(data, at, shift, levelCount ? level(symbol - 1) : few(slots, exponent, mantissaBits));
  }
}
