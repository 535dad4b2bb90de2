import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';
import { IntegerBits } from './IntegerBits.js';
import type { MixedBudget, SymbolLayout } from './MixedBudget.js';

/**
 * Bound the memory: 6 bytes for each element, and 4 for each column of the rows that are
 * looked back at, 30 of one.
 */
const maxElements = 2 ** 24;
const maxHeld = 2 ** 21;
/** Of more levels than 2 to the power of this, it does not help to know the one above. */
const contextBits = 5;

/** Sets all nodes of a row's tree that hold one of its symbols that are not 0. */
export type MarkHeld = (held: Uint8Array, symbols: Uint16Array) => void;

/**
 * The symbol coding of version 2. A binary tree stands over the columns of each row; of
 * every node that holds a symbol other than 0, it is coded whether its halves do. So a
 * few decisions are coded for each such symbol, not one for each element. A decision has
 * two predictions: how often this node held something in the rows before, and how often
 * nodes of its size did that have as many of two neighboring rows. A symbol is coded
 * knowing the one above it.
 *
 * Small files are read before an engine has compiled anything: hence few calls and no
 * closures.
 *
 * @param mark Given when encoding.
 * @returns Where the symbols are not 0, in order.
 */
export function codeTree(
  coder: BitCoder,
  symbols: Uint16Array,
  { rows, columns, stride, levels, zeros }: SymbolLayout,
  budget: MixedBudget,
  mark?: MarkHeld,
): Int32Array {
  const levelBits = 32 - Math.clz32(levels - 1);
  const contexts = levelBits > contextBits ? 0 : (1 << levelBits) + 1;
  const levelSlots = new IntegerBits((contexts + 1) << levelBits);
  const up = stride * columns;
  const depth = zeros ? 32 - Math.clz32(columns - 1) : 0;
  const nodes = 2 << depth;
  const nodeSlots = new IntegerBits(2 * nodes + 264);
  // Which nodes held something, of this row and of as many before as are looked at.
  const ring = Math.min(rows, stride) + 1;
  if (ring * columns > maxHeld || symbols.length > maxElements) invalid('stride');
  const held = new Uint8Array(ring * nodes);
  const found = new Int32Array(nodes + columns);
  if (!zeros) for (let i = 0; i < columns; i++) found[i] = i;
  const places = new Int32Array(symbols.length);
  let length = 0;

  for (let row = 0, first = 0; row < rows; row++, first += columns) {
    let count = columns;
    if (zeros) {
      const now = (row % ring) * nodes;
      held.fill(0, now, now + nodes);
      mark?.(held.subarray(now, now + nodes), symbols.subarray(first, first + columns));
      const above = ((row + ring - 1) % ring) * nodes;
      const far = ((row + 1) % ring) * nodes;
      count = codeRow(coder, nodeSlots, held, now, above, far, columns, depth, found);
    }
    budget.spend(1 + count * (1 + 2 * depth + levelBits));
    const start = length;
    for (let i = 0; i < count; i++) places[length++] = first + found[i];
    codeLevels(coder, levelSlots, symbols, places, start, length, columns, up, levelBits);
  }
  return places.subarray(0, length);
}

/**
 * Codes the tree of one row, whose nodes begin at `now` in `held`; returns how many
 * columns it finds, and those in `found`.
 */
function codeRow(
  coder: BitCoder,
  slots: IntegerBits,
  held: Uint8Array,
  now: number,
  above: number,
  far: number,
  columns: number,
  depth: number,
  found: Int32Array,
): number {
  const width = 1 << depth;
  // The root is the right half of a node 0 whose left half holds something, and stays
  // behind in found[0].
  let head = 0;
  let tail = 1;
  found[0] = 0;
  for (let shift = depth; shift >= 0; shift--) {
    const last = (width + columns - 1) >> shift;
    const general = 4 * width + 8 * shift;
    for (const end = tail; head < end; head++) {
      const left = 2 * found[head];
      let isLeftHeld = left === 0;
      for (let node = left || 1; node <= left + 1 && node <= last; node++) {
        // What is not in the one half, or in no other, is in this one.
        if (node > left ? isLeftHeld : node < last) {
          const near = held[above + node] + 2 * held[far + node];
          const isNear = near > 0 ? 1 : 0;
          const side = general + 4 * (node & 1) + near;
          if (!slots.code(coder, 2 * node + isNear, side, isNear, held[now + node])) continue;
        }
        held[now + node] = 1;
        found[tail++] = node;
        isLeftHeld = true;
      }
    }
  }
  for (let i = head; i < tail; i++) found[i - head] = found[i] - width;
  return tail - head;
}

/**
 * Codes the symbols at places[start, end) from the top bit on; those of more than
 * `contextBits` bits without context.
 */
function codeLevels(
  coder: BitCoder,
  slots: IntegerBits,
  symbols: Uint16Array,
  places: Int32Array,
  start: number,
  end: number,
  columns: number,
  up: number,
  bits: number,
): void {
  const average = bits > contextBits ? 0 : ((1 << bits) + 1) << bits;
  for (let i = start; i < end; i++) {
    const at = places[i];
    const value = symbols[at] - 1;
    let context = 0;
    if (average > 0) {
      if (at >= columns) context = symbols[at - columns];
      if (context === 0 && at >= up) context = symbols[at - up];
    }
    let node = 1;
    for (let left = bits - 1; left >= 0; left--) {
      node = 2 * node + slots.code(coder, (context << bits) + node, average + node, 0, (value >>> left) & 1);
    }
    symbols[at] = node - (1 << bits) + 1;
  }
}
