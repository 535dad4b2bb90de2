import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpack } from '@tfjs-compress/format';
import { codebookOf, FREE, magnitudeAtSparsity, roundToPowerOfTwo } from '@tfjs-compress/math';

/**
 * The artifacts in a folder with model.json and its weights, or in a .tfz file; undefined
 * when there is none.
 */
export function readModel(folder) {
  if (folder?.endsWith('.tfz')) return existsSync(folder) ? unpack(readFileSync(folder)) : undefined;
  if (!folder || !existsSync(join(folder, 'model.json'))) return undefined;
  const { weightsManifest, ...rest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const parts = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
  const weightData = Uint8Array.from(Buffer.concat(parts)).buffer;
  return { ...rest, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData };
}

/**
 * A model with `sparsity` of each kernel pruned by magnitude and the rest rounded to
 * powers of two, as INQ does.
 */
export function pruneAndQuantize(artifacts, sparsity, bits) {
  const weightData = artifacts.weightData.slice(0);
  for (const { shape, bits: words } of weightsOf({ ...artifacts, weightData })) {
    if (shape.length < 2) continue;
    const values = new Float32Array(words.buffer, words.byteOffset, words.length);
    const threshold = magnitudeAtSparsity(values, new Uint8Array(values.length).fill(FREE), sparsity);
    for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) < threshold) values[i] = 0;
    roundToPowerOfTwo(values, codebookOf(values, bits), { into: values, where: (i) => values[i] !== 0 });
  }
  return { ...artifacts, weightData };
}

/** The weights of artifacts, as float32 bits: [{ name, shape, bits }]. */
export function weightsOf({ weightSpecs, weightData }) {
  let at = 0;
  return weightSpecs.map(({ name, shape }) => {
    const bits = new Int32Array(
      weightData,
      at,
      shape.reduce((a, b) => a * b, 1),
    );
    at += bits.byteLength;
    return { name, shape, bits };
  });
}

/**
 * Zeroth-order entropy in bytes: of each kernel the places of its zeros and the values of
 * the others, as they would be coded without any context and with free code tables;
 * values of which there are more than 256 (and biases) at 4 bytes each.
 */
export function entropyBytes(weights) {
  let total = 0;
  for (const { shape, bits } of weights) {
    const counts = new Map();
    for (const value of bits) counts.set(value, (counts.get(value) ?? 0) + 1);
    const zeros = counts.get(0) ?? 0;
    const isFloat = shape.length < 2 || counts.size > 257;
    const classes = isFloat ? [zeros, bits.length - zeros] : [...counts.values()];
    for (const count of classes) if (count) total -= (count * Math.log2(count / bits.length)) / 8;
    if (isFloat) total += 4 * (bits.length - zeros);
  }
  return Math.round(total);
}

const layers = [
  ...[
    [3, 64],
    [64, 64],
    [64, 128],
    [128, 128],
    [128, 256],
    [256, 256],
    [256, 256],
    [256, 512],
  ].map((io) => [3, 3, ...io]),
  ...Array.from({ length: 5 }, () => [3, 3, 512, 512]),
  ...[
    [25088, 4096],
    [4096, 4096],
    [4096, 1000],
  ],
];

/**
 * A model of VGG-16's shapes (138 million weights), 7% of them not zero and ± one of 7
 * powers of two.
 */
export function makeVgg16() {
  const size = layers.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const weights = new Float32Array(size);
  let state = 12345;
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < size; i++) {
    if (random() < 0.07) weights[i] = (random() < 0.5 ? -1 : 1) * 2 ** -(3 + Math.floor(7 * random() * random()));
  }
  const weightSpecs = layers.map((shape, i) => ({ name: `layer${i}/kernel`, shape, dtype: 'float32' }));
  return { modelTopology: { class_name: 'VGG-16' }, weightSpecs, weightData: weights.buffer };
}
