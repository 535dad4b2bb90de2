import { keep, spend, take } from './memory';
import { choose, createMixer, mix } from './mixer';
import { levelCount, stride } from './plan';

/**
 * Slots that are kept from tensor to tensor and set back one by one: a tensor costs what
 * its elements cost.
 */
let significanceSlots: usize = 0;
let significanceSize: u32 = 0;
let levelSlots: usize = 0;
let start: i32 = 0;

/** Symbols of version 1, as readTree. */
export function mixSymbols(symbols: usize, places: usize, rows: u32, columns: u32, hasZeros: bool): u32 {
  spend(rows * columns);
  const count = levelCount || 1;
  const bits: u32 = 32 - clz<u32>(count - 1);
  const base = rows + columns;
  const hashBits: u32 = count > 1 ? min<u32>(18, 12 + bits) : 1;
  const mask: u32 = (1 << hashBits) - 1;
  if (base + 0x4000 > significanceSize) {
    significanceSize = 2 * (base + 0x4000);
    significanceSlots = take(significanceSize << 3);
    if (!levelSlots) levelSlots = take(6 << 21);
    // Whatever else has been taken by now stays, too.
    keep();
  }
  start += 256;
  const significance = createMixer(7, 24, 250, 0.015, 11.99, significanceSlots, start);
  const level = createMixer(6, bits + 1, 250, 0.015, 11.99, levelSlots, start);
  const inRow = take(rows << 2);
  const inColumn = take(columns << 2);
  const lastInColumn = take(columns << 2);
  // What is further away than all rows is not there.
  const far = min(stride, rows + 2);
  const up = far * columns;
  let length: u32 = 0;
  for (let row: u32 = 0, at: u32 = 0; row < rows; row++) {
    const next = inRows(inRow, rows, row - 1) * 2 + inRows(inRow, rows, row - 2);
    const distant =
      inRows(inRow, rows, row - far) * 2 + inRows(inRow, rows, row - far - 1) + inRows(inRow, rows, row - far + 1);
    const nearby = min(23, logarithm(next + distant));
    const both = min(11, logarithm(next)) * 12 + min(11, logarithm(distant));
    const own = inRow + (row << 2);
    let lastInRow: u32 = 0;
    for (let column: u32 = 0; column < columns; column++, at++) {
      const above = inColumn + (column << 2);
      if (hasZeros) {
        const dense = min(15, logarithm(load<u32>(above)));
        const denseRow = min(15, logarithm(load<u32>(own)));
        const three = (column > 0 ? is(symbols, at, 1) : 0) + 2 * is(symbols, at, columns) + 4 * is(symbols, at, up);
        const pattern =
          three +
          8 * (column > 1 ? is(symbols, at, 2) : 0) +
          16 * is(symbols, at, 2 * columns) +
          32 * is(symbols, at, up + columns) +
          64 * is(symbols, at, up - columns) +
          128 * is(symbols, at, 2 * up);
        choose(significance, 0, row);
        choose(significance, 1, rows + column);
        choose(significance, 2, base + pattern);
        choose(significance, 3, base + 512 + nearby * 16 + denseRow);
        choose(significance, 4, base + 1024 + nearby * 16 + dense);
        choose(significance, 5, base + 2048 + both * 8 + three);
        choose(significance, 6, base + 4096 + (denseRow * 16 + dense) * 8 + three);
        if (!mix(significance, nearby, -1)) continue;
      }
      spend(bits);
      store<u32>(own, load<u32>(own) + 1);
      store<u32>(above, load<u32>(above) + 1);
      const last = lastInColumn + (column << 2);
      const around = before(symbols, at, columns) * 4096 + before(symbols, at, up);
      let node: u32 = 1;
      for (let i = bits; i-- > 0; ) {
        choose(level, 0, node & mask);
        choose(level, 1, (1 << hashBits) + (hash(node, column) & mask));
        choose(level, 2, (2 << hashBits) + (hash(node, row) & mask));
        choose(level, 3, (3 << hashBits) + (hash(node, lastInRow) & mask));
        choose(level, 4, (4 << hashBits) + (hash(node, load<u32>(last)) & mask));
        choose(level, 5, (5 << hashBits) + (hash(node, around) & mask));
        node = 2 * node + mix(level, i, -1);
      }
      lastInRow = node - (1 << bits) + 1;
      store<u32>(last, lastInRow);
      store<u16>(symbols + (at << 1), lastInRow);
      store<u32>(places + (length++ << 2), at);
    }
  }
  return length;
}

/**
 * How many are not 0 in a row; none in one that is not there, be it before the first (a
 * large number).
 */
function inRows(counts: usize, rows: u32, row: u32): u32 {
  return row < rows ? load<u32>(counts + (row << 2)) : 0;
}

/** The symbol `back` elements before one, 0 before the first. */
function before(symbols: usize, at: u32, back: u32): u32 {
  return back <= at ? load<u16>(symbols + ((at - back) << 1)) : 0;
}

function is(symbols: usize, at: u32, back: u32): u32 {
  return <u32>(before(symbols, at, back) > 0);
}

function hash(node: u32, context: u32): u32 {
  const mixed = ((context + 1) * 0x9e3779b1 + node) * 0x2c1b3c6d;
  return mixed ^ (mixed >>> 15);
}

/** About 2 log2(n): n itself up to 4, and growing more slowly from there. */
function logarithm(n: u32): u32 {
  if (n < 4) return n;
  const length = 31 - clz(n);
  return 4 + (length - 2) * 2 + ((n >>> (length - 1)) & 1);
}
