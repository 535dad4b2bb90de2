import { both } from './adaptive';
import { check, spend, take } from './memory';
import { levelCount, stride } from './plan';

/**
 * Bound the memory: 6 bytes an element, and 4 for each column of the rows that are looked
 * back at.
 */
const mostElements: u32 = 1 << 24;
const mostHeld: u64 = 1 << 21;
/** Of more levels than 2 to the power of this, the one above does not help. */
const contextBits: u32 = 5;

let held: usize = 0;
let nodeSlots: usize = 0;
/** The nodes of a row that hold something, level by level, at last its columns. */
let found: usize = 0;

/**
 * Symbols of version 2: a binary tree over the columns of each row (SPEC.md, "mixed").
 *
 * @param symbols u16 each, to be filled in.
 * @param places Where they are not 0, in order: to be filled in.
 * @returns How many are not 0.
 */
export function readTree(symbols: usize, places: usize, rows: u32, columns: u32, hasZeros: bool): u32 {
  const ring = min(rows, stride) + 1;
  check(rows * columns <= mostElements && <u64>ring * columns <= mostHeld);
  const bits: u32 = 32 - clz<u32>((levelCount || 1) - 1);
  const contexts: u32 = bits > contextBits ? 0 : (1 << bits) + 1;
  const levelSlots = take(((contexts + 1) << bits) << 2);
  const depth: u32 = hasZeros ? 32 - clz(columns - 1) : 0;
  const nodes: u32 = 2 << depth;
  nodeSlots = take((2 * nodes + 264) << 2);
  held = take(ring * nodes);
  found = take((nodes + columns) << 2);
  if (!hasZeros) for (let i: u32 = 0; i < columns; i++) store<u32>(found + (i << 2), i);
  const up = min(stride, rows) * columns;
  let length: u32 = 0;
  for (let row: u32 = 0, first: u32 = 0; row < rows; row++, first += columns) {
    const count = hasZeros
      ? readRow((row % ring) * nodes, ((row + ring - 1) % ring) * nodes, ((row + 1) % ring) * nodes, columns, depth)
      : columns;
    spend(1 + count * (1 + 2 * depth + bits));
    for (let i: u32 = 0; i < count; i++) {
      const at = first + load<u32>(found + (i << 2));
      store<u32>(places + (length++ << 2), at);
      let context: u32 = 0;
      let average: u32 = 0;
      if (contexts) {
        average = contexts << bits;
        if (at >= columns) context = load<u16>(symbols + ((at - columns) << 1));
        if (context === 0 && at >= up) context = load<u16>(symbols + ((at - up) << 1));
      }
      let node: u32 = 1;
      for (let left = bits; left > 0; left--) {
        const own = levelSlots + (((context << bits) + node) << 2);
        node = 2 * node + both(own, levelSlots + ((average + node) << 2), 0);
      }
      store<u16>(symbols + (at << 1), node - (1 << bits) + 1);
    }
  }
  return length;
}

/**
 * The tree of a row, whose nodes begin at `now` in `held`; returns how many columns it
 * finds.
 */
function readRow(now: u32, above: u32, far: u32, columns: u32, depth: u32): u32 {
  const width: u32 = 1 << depth;
  memory.fill(held + now, 0, 2 << depth);
  let head = found;
  let tail = found + 4;
  // The root is the right half of a node 0 whose left half holds something.
  store<u32>(found, 0);
  for (let shift = <i32>depth; shift >= 0; shift--) {
    const last = (width + columns - 1) >>> shift;
    const general = 4 * width + 8 * shift;
    for (const end = tail; head < end; head += 4) {
      const left: u32 = 2 * load<u32>(head);
      let isLeftHeld: bool = left === 0;
      for (let node: u32 = left || 1; node <= left + 1 && node <= last; node++) {
        // What is not in the one half, or in no other, is in this one.
        if (node > left ? isLeftHeld : node < last) {
          const near = load<u8>(held + above + node) + 2 * load<u8>(held + far + node);
          const isNear = <u32>(near > 0);
          const side = general + 4 * (node & 1) + near;
          if (!both(nodeSlots + ((2 * node + isNear) << 2), nodeSlots + (side << 2), isNear)) continue;
        }
        store<u8>(held + now + node, 1);
        store<u32>(tail, node);
        tail += 4;
        isLeftHeld = true;
      }
    }
  }
  const count = <u32>((tail - head) >>> 2);
  for (let i: u32 = 0; i < count; i++) store<u32>(found + (i << 2), load<u32>(head + (i << 2)) - width);
  return count;
}
