import { spawnSync } from 'node:child_process';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/**
 * General compressors at their strongest; those that are not on this machine return
 * undefined.
 */
export const compressors = {
  'gzip -9': (bytes) => gzipSync(bytes, { level: 9 }).length,
  'brotli 11': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }).length,
  'xz -9e': (bytes) => run('xz', ['--format=lzma', '-9e', '-c'], bytes),
  'zstd -19': (bytes) => run('zstd', ['-19', '--no-check', '-c', '-q'], bytes),
};

function run(command, args, input) {
  const { status, stdout } = spawnSync(command, args, { input, maxBuffer: 2 ** 30 });
  return status === 0 ? stdout.length : undefined;
}

/**
 * Ways to lay the tensors out before a general compressor; names are not stored and code
 * tables not always, to its advantage.
 */
export const layouts = {
  float32: (weights) => weights.map(({ bits }) => Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength)),
  'byte planes': (weights) => weights.map(({ bits }) => planes(bits)),
  'level indices, a byte each': (weights) => weights.map(({ bits, shape }) => indices(bits, shape, byte)),
  'level indices by column': (weights) => weights.map(({ bits, shape }) => indices(bits, shape, byColumn)),
  'level indices, half a byte each': (weights) => weights.map(({ bits, shape }) => indices(bits, shape, nibbles)),
  'gaps and byte planes': (weights) => weights.map(({ bits, shape }) => indices(bits, shape, gaps, gapsAndPlanes)),
  'gaps and levels': (weights) => weights.map(({ bits, shape }) => indices(bits, shape, gaps)),
};

/** The smallest result of a compressor over all layouts, and which it was. */
export function best(compressor, weights) {
  const results = Object.entries(layouts).map(([layout, lay]) => ({
    layout,
    bytes: compressor(Buffer.concat(lay(weights))),
  }));
  return results.reduce((a, b) => (a.bytes <= b.bytes ? a : b));
}

function planes(bits) {
  const source = new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
  return Buffer.from(source.map((_, i) => source[4 * (i % bits.length) + Math.floor(i / bits.length)]));
}

/**
 * The code table and what `lay` makes of the indices; tensors with more than 255 values,
 * and biases, as byte planes.
 */
function indices(bits, shape, lay, layFloats = planes) {
  const levels = [...new Set(bits)].filter((value) => value !== 0).sort((a, b) => (a & 0x7fffffff) - (b & 0x7fffffff));
  if (shape.length < 2) return planes(bits);
  if (levels.length > 255) return layFloats(bits);
  const index = new Map(levels.map((level, i) => [level, i + 1]));
  const coded = Uint8Array.from(bits, (value) => index.get(value) ?? 0);
  return Buffer.concat([Buffer.from(Int32Array.from(levels).buffer), lay(coded, shape.at(-1))]);
}
function byte(coded) {
  return Buffer.from(coded);
}
function byColumn(coded, columns) {
  const rows = coded.length / columns;
  return Buffer.from(coded.map((_, i) => coded[(i % rows) * columns + Math.floor(i / rows)]));
}
function nibbles(coded) {
  if (coded.some((value) => value > 15)) return byte(coded);
  return Buffer.from(
    Uint8Array.from({ length: Math.ceil(coded.length / 2) }, (_, i) => coded[2 * i] | (coded[2 * i + 1] << 4)),
  );
}
/** Distances between the values that are not 0, and the byte planes of these. */
function gapsAndPlanes(bits) {
  const { distances, values } = distancesOf(bits);
  return Buffer.concat([Buffer.from(distances), planes(Int32Array.from(values))]);
}
function gaps(coded) {
  const { distances, values } = distancesOf(coded);
  return Buffer.from([...distances, ...values]);
}
function distancesOf(coded) {
  const distances = [];
  const values = [];
  let gap = 0;
  for (const value of coded) {
    gap++;
    if (value === 0 && gap < 255) continue;
    distances.push(gap);
    values.push(value);
    gap = 0;
  }
  return { distances, values };
}
