import { take } from './memory';
import { choose, createMixer, mix } from './mixer';

const orders = 6;
const longest: u32 = 63;

/** Text of version 1: bytes [start, end), after those from `from` on, which are known. */
export function mixText(from: usize, start: usize, end: usize): void {
  const hashBits = min<u32>(18, 34 - clz(<u32>(end - from)));
  const mixer = createMixer(orders, 64 * 3, 60, 0.02, 9, take(orders << (hashBits + 3)), 1);
  const last = take(1 << 18);
  const hashes = take(orders << 2);
  let match = from;
  let matched: u32 = 0;
  for (let at = from; at < end; at++) {
    let hash: i32 = 0;
    for (let order: u32 = 1; order <= 6; order++) {
      const byte = at - from >= order ? load<u8>(at - order) : 0;
      hash = ((hash + byte + 1) * 0x2c1b3c6d) ^ (hash >>> 15);
      if (order !== 5) store<i32>(hashes + ((order - 1 - <u32>(order === 6)) << 2), hash);
    }
    const key = last + (((<u32>(hash * 0x297a2d39) >>> 16) & 0xffff) << 2);
    const before = load<u32>(key);
    if (matched === 0 && before > 0) {
      match = from + before;
      while (matched < longest && matched < before && load<u8>(match - 1 - matched) === load<u8>(at - 1 - matched)) {
        matched++;
      }
    }
    store<u32>(key, at - from);
    const expected: u32 = matched > 0 ? <u32>load<u8>(match) | 256 : 0;
    let node: u32 = 1;
    for (let i: u32 = 8; i-- > 0; ) {
      for (let order: u32 = 0; order < 5; order++) {
        const mixed: u32 = (load<u32>(hashes + (order << 2)) + node * 0x3d4d51cb) * 0x2c1b3c6d;
        choose(mixer, order, (order << hashBits) + ((mixed ^ (mixed >>> 13)) & ((1 << hashBits) - 1)));
      }
      const follows = expected >>> (i + 1) === node;
      const certainty = follows ? min(matched, 31) * 2 + ((expected >>> i) & 1) + 1 : 0;
      choose(mixer, 5, (5 << hashBits) + certainty);
      // The text before is known: the model learns it.
      const known = at < start ? (<i32>load<u8>(at) >>> i) & 1 : -1;
      node = 2 * node + mix(mixer, follows ? 1 + min(matched >>> 3, 7) : 0, known);
    }
    store<u8>(at, node);
    if (matched > 0 && load<u8>(match) === <u8>node) {
      matched = min(matched + 1, longest);
      match++;
    } else matched = 0;
  }
}
