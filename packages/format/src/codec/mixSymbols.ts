import type { BitCoder } from './BitCoder.js';
import { createMixer } from './createMixer.js';
import type { MixedBudget, SymbolLayout } from './MixedBudget.js';
import type { MixerSlots } from './MixerSlots.js';

const levelInputs = 6;

/**
 * The symbol coding of version 1: mixes contexts of row, column and neighbors for every
 * element.
 *
 * @param significanceSlots, levelSlots Kept from one tensor of a file to the next.
 * @returns Where the symbols are not 0, in order.
 */
export function mixSymbols(
  coder: BitCoder,
  symbols: Uint16Array,
  layout: SymbolLayout,
  budget: MixedBudget,
  significanceSlots: MixerSlots,
  levelSlots: MixerSlots,
): Int32Array {
  const { rows, columns, stride, levels, zeros } = layout;
  budget.spend(symbols.length);
  const places = new Int32Array(symbols.length);
  let length = 0;
  const treeBits = 32 - Math.clz32(levels - 1);
  const inRow = new Int32Array(rows);
  const inColumn = new Int32Array(columns);
  const lastInColumn = new Uint16Array(columns);
  const significance = createMixer(7, rows + columns + (1 << 14), 24, 250, 0.015, 11.99, significanceSlots);
  const hashBits = levels > 1 ? Math.min(18, 12 + treeBits) : 1;
  const level = createMixer(levelInputs, levelInputs << hashBits, treeBits + 1, 250, 0.015, 11.99, levelSlots);
  const mask = (1 << hashBits) - 1;
  const rowTotal = (row: number) => (row >= 0 && row < rows ? inRow[row] : 0);
  /** The symbol `back` elements before this one, 0 before the first. */
  const before = (at: number, back: number) => (back <= at ? symbols[at - back] : 0);
  const is = (at: number, back: number) => (back <= at && symbols[at - back] > 0 ? 1 : 0);
  const up = stride * columns;
  const contexts = new Int32Array(levelInputs);
  const base = rows + columns;

  for (let row = 0, at = 0; row < rows; row++) {
    const next = rowTotal(row - 1) * 2 + rowTotal(row - 2);
    const far = rowTotal(row - stride) * 2 + rowTotal(row - stride - 1) + rowTotal(row - stride + 1);
    const nearby = Math.min(23, logarithm(next + far));
    const nearbyBoth = Math.min(11, logarithm(next)) * 12 + Math.min(11, logarithm(far));
    let lastInRow = 0;
    for (let column = 0; column < columns; column++, at++) {
      if (zeros) {
        const { slots } = significance;
        const columnDensity = Math.min(15, logarithm(inColumn[column]));
        const rowDensity = Math.min(15, logarithm(inRow[row]));
        const three = (column > 0 ? is(at, 1) : 0) + 2 * is(at, columns) + 4 * is(at, up);
        const pattern =
          three +
          8 * (column > 1 ? is(at, 2) : 0) +
          16 * is(at, 2 * columns) +
          32 * is(at, up + columns) +
          64 * is(at, up - columns) +
          128 * is(at, 2 * up);
        slots[0] = row;
        slots[1] = rows + column;
        slots[2] = base + pattern;
        slots[3] = base + 512 + nearby * 16 + rowDensity;
        slots[4] = base + 1024 + nearby * 16 + columnDensity;
        slots[5] = base + 2048 + nearbyBoth * 8 + three;
        slots[6] = base + 4096 + ((rowDensity * 16 + columnDensity) * 8 + three);
        if (!significance.code(coder, nearby, symbols[at] ? 1 : 0)) continue;
      }
      budget.spend(treeBits);
      inRow[row]++;
      inColumn[column]++;
      let node = 1;
      const value = symbols[at] - 1;
      contexts[1] = column;
      contexts[2] = row;
      contexts[3] = lastInRow;
      contexts[4] = lastInColumn[column];
      contexts[5] = before(at, columns) * 4096 + before(at, up);
      for (let i = treeBits - 1; i >= 0; i--) {
        const { slots } = level;
        slots[0] = node & mask;
        for (let input = 1; input < levelInputs; input++) {
          slots[input] = (input << hashBits) + (hash(node, contexts[input]) & mask);
        }
        node = 2 * node + level.code(coder, i, (value >>> i) & 1);
      }
      lastInRow = lastInColumn[column] = symbols[at] = node - (1 << treeBits) + 1;
      places[length++] = at;
    }
  }
  return places.subarray(0, length);
}

function hash(node: number, context: number): number {
  const mixed = Math.imul(Math.imul(context + 1, 0x9e3779b1) + node, 0x2c1b3c6d);
  return mixed ^ (mixed >>> 15);
}

/** About 2 log2(n): n itself up to 4, and growing more slowly from there. */
function logarithm(n: number): number {
  if (n < 4) return n;
  const length = 31 - Math.clz32(n);
  return 4 + (length - 2) * 2 + ((n >>> (length - 1)) & 1);
}
