import type { BitCoder } from './BitCoder.js';
import { createMixer } from './createMixer.js';

const orders = 6;
const maxMatch = 63;
/** For bits that both sides know. */
const known = { bit: (_p, bit) => bit } as BitCoder;
/**
 * Bounds the probabilities, and so what a coded byte can stand for: at most about 6,000
 * bytes of text.
 */
const maxSum = 9;

/**
 * The text coding of version 1: codes the bytes of `all` from `start` on, and learns from
 * those before, bit by bit with mixed contexts: the last 1, 2, 3, 4 and 6 bytes, and what
 * followed the last occurrence of the last 6 bytes, for as long as that has been right.
 */
export function mixText(coder: BitCoder, all: Uint8Array, start: number): void {
  const hashBits = Math.min(18, 34 - Math.clz32(all.length));
  const mixer = createMixer(orders, orders << hashBits, 64 * 3, 60, 0.02, maxSum);
  const lastSeen = new Int32Array(1 << 16);
  const hashes = new Int32Array(orders);
  let match = 0;
  let matched = 0;
  for (let at = 0; at < all.length; at++) {
    hashes.fill(0);
    for (let order = 1, hash = 0; order <= 6; order++) {
      hash = Math.imul(hash + (at >= order ? all[at - order] : 0) + 1, 0x2c1b3c6d) ^ (hash >>> 15);
      if (order < 5) hashes[order - 1] = hash;
      if (order === 6) hashes[4] = hash;
    }
    const key = (Math.imul(hashes[4], 0x297a2d39) >>> 16) & 0xffff;
    if (matched === 0 && lastSeen[key] > 0) {
      match = lastSeen[key];
      while (matched < maxMatch && matched < match && all[match - 1 - matched] === all[at - 1 - matched]) matched++;
    }
    lastSeen[key] = at;
    const expected = matched > 0 ? all[match] | 256 : 0;
    // The primer is not written: the model learns it on both sides.
    const behind = at < start ? known : coder;
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      for (let order = 0; order < 5; order++) {
        const hash = Math.imul(hashes[order] + Math.imul(node, 0x3d4d51cb), 0x2c1b3c6d);
        mixer.slots[order] = (order << hashBits) + ((hash ^ (hash >>> 13)) & ((1 << hashBits) - 1));
      }
      const follows = expected >>> (i + 1) === node;
      const certainty = follows ? Math.min(matched, 31) * 2 + ((expected >>> i) & 1) + 1 : 0;
      mixer.slots[5] = (5 << hashBits) + certainty;
      const set = follows ? 1 + Math.min(matched >>> 3, 7) : 0;
      node = 2 * node + mixer.code(behind, set, (all[at] >>> i) & 1);
    }
    all[at] = node;
    if (matched > 0 && all[match] === all[at]) {
      matched = Math.min(matched + 1, maxMatch);
      match++;
    } else {
      matched = 0;
    }
  }
}
