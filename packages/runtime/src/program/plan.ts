import type { Buffer } from './Value.js';

/** More buffers than this are refused: the plan compares each with each. */
const MOST_BUFFERS = 1 << 14;

/** A buffer and the first and last operation that touch it. */
export interface Lifetime {
  buffer: Buffer;
  first: number;
  last: number;
}

/**
 * Gives each buffer an address from 0 on, so that those alive at the same time do not
 * overlap: the largest first, each at the lowest place that fits.
 *
 * @returns Bytes needed in all.
 */
export function plan(lifetimes: Lifetime[]): number {
  if (lifetimes.length > MOST_BUFFERS) throw new Error(`expected at most ${MOST_BUFFERS} intermediate results.`);
  const placed: Lifetime[] = [];
  let total = 0;
  for (const one of [...lifetimes].sort((a, b) => b.buffer.bytes - a.buffer.bytes)) {
    let address = 0;
    // Sorted by address, so that one look over the neighbors finds the first gap.
    for (const { buffer, first, last } of placed) {
      if (first > one.last || last < one.first) continue;
      if (buffer.address >= address + one.buffer.bytes) break;
      address = Math.max(address, buffer.address + buffer.bytes);
    }
    one.buffer.address = address;
    total = Math.max(total, address + one.buffer.bytes);
    const at = placed.findIndex(({ buffer }) => buffer.address > address);
    placed.splice(at < 0 ? placed.length : at, 0, one);
  }
  return total;
}
