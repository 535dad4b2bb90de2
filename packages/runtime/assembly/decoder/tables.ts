import { signAndMantissa } from './adaptive';
import { bytes, word } from './bits';
import { note, startList } from './lists';
import { check, take } from './memory';
import { exponent, field, level, levelCount, mantissaBits, Positions, positions } from './plan';

/** One table a context: of gaps by how long the last ones were, and one of values. */
const contexts = 6;
const gapContexts = 5;
const alphabet = 256;
/** Frequencies of a table sum to 2^12. */
const total: u32 = 1 << 12;
const shortGaps: u32 = 16;

/** Smallest state of the coder between two symbols. */
const lowest = 1 << 23;

let frequencies: usize = 0;
let starts: usize = 0;
let symbols: usize = 0;
let state: i32 = 0;
let next: usize = 0;
let end: usize = 0;

/**
 * A tensor as symbols of asymmetric numeral systems: gaps between words that are not 0,
 * and those.
 */
export function readTables(data: usize, size: u32, shift: i32): void {
  const isDense = positions === Positions.dense;
  if (!isDense) startList(size);
  startSymbols(isDense ? 1 : gapSymbol(size) + 1, min(alphabet, levelCount || exponent + 1), size);
  let recent: u32 = 0;
  for (let at: u32 = 0; ; at++) {
    if (!isDense) {
      const gap = readGap(min(gapContexts - 1, (32 - clz(recent)) >> 1));
      recent = (recent + gap) >>> 1;
      at += gap;
    }
    if (at >= size) {
      check(at === size && state === lowest && next === end);
      return;
    }
    const symbol = readSymbol(gapContexts);
    const bits = levelCount ? level(symbol) : signAndMantissa(exponent - symbol, mantissaBits);
    put(data, at, shift, bits);
    if (!isDense) note(at);
  }
}

/** Sets a word of four bytes (shift 2) or of one. */
export function put(data: usize, index: u32, shift: i32, bits: i32): void {
  if (shift) store<i32>(data + (index << 2), bits);
  else store<u8>(data + index, bits);
}

function gapSymbol(gap: u32): u32 {
  const length = 31 - clz(gap);
  return gap < shortGaps ? gap : shortGaps + 2 * (length - 4) + ((gap >>> (length - 1)) & 1);
}

function readGap(context: u32): u32 {
  const symbol = readSymbol(context);
  if (symbol < shortGaps) return symbol;
  const rest = ((symbol - shortGaps) >> 1) + 3;
  return ((2 | (symbol & 1)) << rest) | word(rest);
}

/**
 * Reads the tables, of which no more than `most` + 1 symbols can occur, and the first
 * state.
 */
function startSymbols(gapAlphabet: u32, valueAlphabet: u32, most: u32): void {
  frequencies = take(contexts * alphabet * 4);
  starts = take(contexts * alphabet * 4);
  symbols = take(contexts * total);
  for (let context = 0; context < contexts; context++) {
    readTable(context, context < gapContexts ? gapAlphabet : valueAlphabet, most);
  }
  const length = field(6);
  next = bytes(length);
  end = next + length;
  state = 0;
  for (let i = 0; i < 4; i++) refill();
  check(state >= lowest);
}

function readTable(context: u32, size: u32, most: u32): void {
  const count = <u32>field(6);
  check(count <= size);
  let sum: u32 = 0;
  let occurring: u32 = 0;
  for (let i: u32 = 0, before: u32 = 0; i < count; i++) {
    before = field(before === 0 ? 7 : before < 64 ? 8 : 9);
    const entry = entryOf(context, i);
    store<u32>(entry + frequencies, before);
    store<u32>(entry + starts, sum);
    check(before <= total - sum);
    memory.fill(symbols + context * total + sum, <u8>i, before);
    sum += before;
    if (before > 0) check(occurring++ <= most);
  }
  check(sum === total);
}

function entryOf(context: u32, symbol: u32): usize {
  return (context * alphabet + symbol) << 2;
}

function readSymbol(context: u32): u32 {
  const slot = state & (total - 1);
  const symbol: u32 = load<u8>(symbols + context * total + slot);
  const entry = entryOf(context, symbol);
  state = load<i32>(entry + frequencies) * (state >>> 12) + slot - load<i32>(entry + starts);
  while (state < lowest) refill();
  return symbol;
}

function refill(): void {
  check(next < end);
  state = (state << 8) | load<u8>(next++);
}
