import { random } from '@tfjs-compress/math';

/** A copy of `bytes` with one to eight random changes: bits flipped, bytes set, stretches overwritten, removed or doubled. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  let draws = 0;
  const below = (n: number) => Math.floor(random(seed, draws++) * n);
  let changed = bytes.slice();
  for (let changes = 1 + below(8); changes > 0; changes--) {
    const at = below(changed.length);
    const length = below(Math.min(40, changed.length - at));
    const kind = below(5);
    if (kind === 0) changed[at] ^= 1 << below(8);
    if (kind === 1) changed[at] = below(256);
    if (kind === 2) changed.fill(below(256), at, at + length);
    if (kind === 3 && changed.length > 100) changed = joined(changed.subarray(0, at), changed.subarray(at + length));
    if (kind === 4) changed = joined(changed.subarray(0, at + length), changed.subarray(at));
  }
  return changed;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
