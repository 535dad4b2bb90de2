import { random } from '@tfjs-compress/math/internal';
import { crc32 } from '../codec/crc32.js';
import { readContainer } from '../decode/readContainer.js';
import { writeContainer } from '../encode/writeContainer.js';

/**
 * A compressed file with one to eight random changes and a checksum that is right: for
 * even seeds anywhere, for odd ones only in what is coded, with the sizes in the header
 * set right too, so that all of it gets to the decoder.
 */
export function mutate(file: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  if (seed % 2 === 0) {
    const changed = mutateBytes(file.subarray(0, -4), seed);
    const bytes = joined(changed, new Uint8Array(4));
    new DataView(bytes.buffer).setInt32(changed.length, crc32(bytes, changed.length), true);
    return bytes;
  }
  const { weightBytes, jsonBytes, start, codedEnd, rawEnd } = readContainer(file, '', Number.POSITIVE_INFINITY, crc32);
  const isRaw = seed % 4 === 1;
  const parts = [file.subarray(start, codedEnd), file.subarray(codedEnd, rawEnd)];
  const [coded, raw] = parts.map((part, i) => (isRaw === (i === 1) ? mutateBytes(part, seed) : part));
  return writeContainer(weightBytes, jsonBytes, coded, raw);
}

/**
 * One to eight changes: bits flipped, bytes set, stretches overwritten, removed or
 * doubled.
 */
function mutateBytes(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
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
