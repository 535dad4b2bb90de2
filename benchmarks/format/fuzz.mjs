/**
 * Reads files that are wrong, their checksums right:
 *
 *   node benchmarks/format/fuzz.mjs [COUNT] [MADE_UP]
 *
 * COUNT (1,000,000) randomly changed files, each of which has to end in a FormatError or
 * in a model of the size it states; and MADE_UP (3,000) files whose sizes, counts and
 * plans are made up, each of which has to be read within the time and memory that
 * packages/format/SPEC.md states. Writes results/fuzz.json. FORMAT_DIST=FOLDER/ tries
 * another build of packages/format, DECODER=runtime the decoder in WebAssembly of
 * packages/runtime (results/fuzz-runtime.json).
 */
import { pathToFileURL } from 'node:url';
import { writeResult } from '../tools/results.mjs';
import { fileMaker } from './makeUpFile.mjs';

const { FORMAT_DIST, DECODER = 'format' } = process.env;
const dist = FORMAT_DIST ? pathToFileURL(FORMAT_DIST) : new URL('../../packages/format/dist/', import.meta.url);
const { pack, unpack } = await import(new URL('index.js', dist));
/** Decoders, which return the bytes of the weights that come out. */
const decoders = {
  format: () => (file, maxBytes) => unpack(file, { maxBytes }).weightData?.byteLength ?? 0,
  runtime: async () => {
    const runtime = await import('../../packages/runtime/dist/internal.js');
    return async (file, maxBytes) => {
      const { weightData = [] } = await runtime.unpack(file, 'fuzzed.tfz', maxBytes);
      return weightData.reduce((sum, part) => sum + part.byteLength, 0);
    };
  },
};
if (!decoders[DECODER])
  throw new Error(`DECODER: expected ${Object.keys(decoders).join(' or ')}, received ${DECODER}.`);
const decode = await decoders[DECODER]();
/** Each build has a class of its own. */
const isFormatError = (error) => error.name === 'FormatError';

/**
 * Reads `count` randomly changed files, their checksums set right, and throws for
 * anything but a FormatError or a model of the size it states. Returns what happened to
 * them.
 */
async function fuzz(count) {
  const good = pack(model());
  const start = Date.now();
  let refused = 0;
  let slowestMs = 0;
  for (let seed = 1; seed <= count; seed++) {
    const bytes = mutate(good, seed);
    const before = performance.now();
    try {
      if ((await decode(bytes, 1 << 16)) > 1 << 16) throw new Error(`seed ${seed}: more than maxBytes came out`);
    } catch (error) {
      if (!isFormatError(error)) throw error;
      refused++;
    }
    slowestMs = Math.max(slowestMs, performance.now() - before);
    if (seed % 10_000 === 0) progress(seed, count, start);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const seconds = (Date.now() - start) / 1000;
  return { inputs: count, refused, accepted: count - refused, slowestMs, peakBytes, seconds };
}

/** Reads `count` made-up files; those that take more than they may are listed. */
async function fuzzMadeUp(count) {
  const makeUp = await fileMaker(dist);
  const maxBytes = 1 << 26;
  const beyond = [];
  let refused = 0;
  let worstTime = 0;
  for (let seed = 1; seed <= count; seed++) {
    const made = makeUp(generator(seed));
    const { file, what, isValid } = made;
    const most = bounds(made, maxBytes);
    globalThis.gc?.();
    const startBytes = process.memoryUsage().arrayBuffers;
    const before = process.cpuUsage();
    let peakBytes = 0;
    let outcome = 'accepted';
    try {
      const weightBytes = await decode(file, maxBytes);
      peakBytes = process.memoryUsage().arrayBuffers;
      if (weightBytes > maxBytes) outcome = 'wrong: more than maxBytes came out';
      if (!isValid) outcome = 'wrong: accepted with impossible sizes';
    } catch (error) {
      if (!isFormatError(error)) throw error;
      outcome = error.message;
      refused++;
    }
    peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers) - startBytes;
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    worstTime = Math.max(worstTime, seconds / most.seconds);
    if (seconds > most.seconds || peakBytes > most.bytes || outcome.startsWith('wrong')) {
      beyond.push({ seed, what, fileBytes: file.length, seconds, mostSeconds: most.seconds, peakBytes, outcome });
      console.log(beyond.at(-1));
    }
    if (seed % 100 === 0) console.log(`${seed} of ${count} made up, ${beyond.length} beyond their bounds`);
  }
  return { inputs: count, refused, accepted: count - refused, worstTimeByBound: worstTime, beyond };
}

/**
 * SPEC.md's bounds for one file, four times the time for a machine with other work and
 * code that is still being compiled. Memory is that of arrays, which node --expose-gc
 * makes certain.
 */
function bounds({ file, weightBytes, textBytes, mixedBits, count }, maxBytes) {
  const weights = Math.min(Math.max(weightBytes, 0), maxBytes);
  const text = Math.min(textBytes, 2 ** 18 + 64 * file.length);
  const mixed = Math.min(mixedBits, 2 ** 22 + 64 * file.length);
  const seconds = 1e-8 * weights + 1.2e-6 * text + 3e-7 * mixed + 15e-6 * count + 0.05;
  return { seconds: 4 * seconds, bytes: weights + 2 ** 26 };
}

function progress(done, count, start) {
  const left = Math.ceil((((Date.now() - start) / done) * (count - done)) / 1000);
  console.log(`${done} of ${count}  ${left} s left`);
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

/**
 * A file with one to eight random changes and a checksum that is right: for even seeds
 * anywhere, for odd ones only in what is coded, with the sizes in the header set right
 * too, so that all of it gets to the decoder.
 */
function mutate(file, seed) {
  const body = file.subarray(0, -4);
  if (seed % 2 === 0) return withChecksum(mutateBytes(body, seed));
  let at = 4;
  const sizes = Array.from({ length: 4 }, () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      value += (body[at] & 127) * unit;
      if (body[at++] < 128) return value;
    }
  });
  const split = at + sizes[2];
  const coded = seed % 4 === 1 ? mutateBytes(body.subarray(at, split), seed) : body.subarray(at, split);
  const raw = seed % 4 === 1 ? body.subarray(split) : mutateBytes(body.subarray(split), seed);
  const header = [...body.subarray(0, 4), ...[sizes[0], sizes[1], coded.length, raw.length].flatMap(varint)];
  return withChecksum(Buffer.concat([Uint8Array.from(header), coded, raw]));
}

function varint(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function mutateBytes(bytes, seed) {
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
  return changed;
}

function withChecksum(body) {
  let c = -1;
  for (let i = 0; i < body.length; i++) {
    c ^= body[i];
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }
  const bytes = new Uint8Array(body.length + 4);
  bytes.set(body);
  new DataView(bytes.buffer).setInt32(body.length, ~c, true);
  return bytes;
}

const [changed = 1_000_000, madeUp = 3_000] = process.argv.slice(2).map(Number);
const result = { decoder: DECODER, ...(await fuzz(changed)), madeUp: await fuzzMadeUp(madeUp) };
console.log(result);
const file = DECODER === 'format' ? 'results/fuzz.json' : `results/fuzz-${DECODER}.json`;
if (!FORMAT_DIST) writeResult(new URL(file, import.meta.url), [`@tfjs-compress/${DECODER}`], result);
process.exitCode = result.madeUp.beyond.length > 0 ? 1 : 0;
