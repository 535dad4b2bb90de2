/**
 * Reads randomly changed files: node benchmarks/format/fuzz.mjs [COUNT], by default 1,000,000. Writes results/fuzz.json.
 */
import { FormatError, pack, unpack } from '@tfjs-compress/format';
import { writeResult } from '../tools/results.mjs';

/**
 * Reads `count` randomly changed files, their checksums set right, and throws for anything but a FormatError or a model of the size it
 * states. Returns what happened to them.
 */
function fuzz(count) {
  const good = pack(model());
  const start = Date.now();
  let refused = 0;
  let slowestMs = 0;
  for (let seed = 1; seed <= count; seed++) {
    const bytes = mutate(good, seed);
    setChecksum(bytes);
    const before = performance.now();
    try {
      const { weightData } = unpack(bytes, { maxBytes: 1 << 16 });
      if (weightData && weightData.byteLength > 1 << 16) throw new Error(`seed ${seed}: more than maxBytes came out`);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refused++;
    }
    slowestMs = Math.max(slowestMs, performance.now() - before);
  }
  return { inputs: count, refused, accepted: count - refused, slowestMs, seconds: (Date.now() - start) / 1000 };
}

/** A few small tensors of different codings. */
function model() {
  const next = generator(7);
  const draw = {
    powers: () => (next() < 0.2 ? 2 ** -Math.floor(6 * next()) * (next() < 0.5 ? -1 : 1) : 0),
    levels: () => [0, 0, 0.3, -0.7, 1.1][Math.floor(5 * next())],
    floats: () => next() - 0.5,
    sparse: () => (next() < 0.1 ? next() - 0.5 : 0),
  };
  const weightSpecs = Object.keys(draw).map((name) => ({ name, shape: [16, 12], dtype: 'float32' }));
  const values = Object.values(draw).flatMap((each) => Array.from({ length: 192 }, each));
  return { modelTopology: { class_name: 'Sequential' }, weightSpecs, weightData: Float32Array.from(values).buffer };
}

function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function mutate(bytes, seed) {
  const next = generator(seed);
  const below = (n) => Math.floor(next() * n);
  let changed = Buffer.from(bytes);
  for (let changes = 1 + below(8); changes > 0; changes--) {
    const at = below(changed.length);
    const length = below(Math.min(40, changed.length - at));
    const kind = below(5);
    if (kind === 0) changed[at] ^= 1 << below(8);
    if (kind === 1) changed[at] = below(256);
    if (kind === 2) changed.fill(below(256), at, at + length);
    if (kind === 3 && changed.length > 100)
      changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    if (kind === 4) changed = Buffer.concat([changed.subarray(0, at + length), changed.subarray(at)]);
  }
  return Uint8Array.from(changed);
}

function setChecksum(bytes) {
  let c = -1;
  for (let i = 0; i < bytes.length - 4; i++) {
    c ^= bytes[i];
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }
  new DataView(bytes.buffer).setInt32(bytes.length - 4, ~c, true);
}

const result = fuzz(Number(process.argv[2] ?? 1_000_000));
console.log(result);
writeResult(new URL('results/fuzz.json', import.meta.url), ['@tfjs-compress/format'], result);
