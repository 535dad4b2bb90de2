import type { io } from '@tensorflow/tfjs-core';
import { invalid } from './FormatError.js';

/**
 * A weight in the description: name, shape, and where not float32 its dtype and other
 * fields.
 */
export type WeightEntry = [name: string, shape: number[], dtype?: string, more?: object];

const maxDepth = 200;
const itemBytes = new Map(
  Object.entries({ float32: 4, int32: 4, bool: 1, complex64: 8, string: 1, uint8: 1, uint16: 2, float16: 2 }),
);

/** What a file holds but the weights' data. */
export interface Description {
  artifacts: io.ModelArtifacts;
  specs: io.WeightsManifestEntry[];
  /** One a weight. */
  layouts: Layout[];
}

/**
 * Reads a file's text; throws an Error for what is no description of weights of so many
 * bytes.
 */
export function readDescription(text: Uint8Array, weightBytes: number): Description {
  const parsed = parseDescription(new TextDecoder('utf-8', { fatal: true }).decode(text));
  // A forged description may have the others, too.
  const { weights, weightSpecs, weightData, getWeightStream, ...artifacts } = parsed;
  const specs: io.WeightsManifestEntry[] = (weights ?? []).map(toSpec);
  if (weights) artifacts.weightSpecs = specs;
  const layouts = specs.map(layoutOf);
  if (layouts.reduce((sum, { bytes }) => sum + bytes, 0) !== weightBytes) invalid('size of the weights');
  return { artifacts, specs, layouts };
}

/**
 * Parses the JSON of a file; throws an Error for what JSON.parse refuses, deep nesting
 * and keys named __proto__.
 */
export function parseDescription(text: string): Record<string, any> {
  let depth = 0;
  for (const c of text.replace(/\\./g, '').replace(/"[^"]*"/g, '')) {
    if ('{['.includes(c)) depth++;
    else if ('}]'.includes(c)) depth--;
    if (depth > maxDepth) invalid('nesting');
  }
  const parsed = JSON.parse(text, (key, value) => (key === '__proto__' ? invalid('key __proto__') : value));
  if (parsed?.constructor !== Object) invalid('description');
  return parsed;
}

/**
 * The weight specification that an entry stands for; throws an Error when the entry is
 * not well-formed.
 */
function toSpec(entry: WeightEntry): io.WeightsManifestEntry {
  const [name, shape, dtype = 'float32', more] = entry;
  if (typeof name !== 'string' || !Array.isArray(shape)) invalid('weight');
  return { ...more, name, shape, dtype: dtype as io.WeightsManifestEntry['dtype'] };
}

/**
 * How a weight is coded: its bytes as stored, as int32 words if `wide`, else byte by
 * byte; the shape is that of the words.
 */
export interface Layout {
  bytes: number;
  wide: boolean;
  shape: number[];
}

/**
 * Throws an Error for a dtype that tfjs does not store, and for sizes that are not whole
 * numbers below 2^32.
 */
export function layoutOf(spec: io.WeightsManifestEntry): Layout {
  const { dtype, quantization, shape, byteLength } = spec as io.WeightsManifestEntry & { byteLength?: number };
  const isText = dtype === 'string';
  const each = itemBytes.get(isText ? dtype : (quantization?.dtype ?? dtype));
  if (!each) invalid('dtype of a weight');
  const elements = shape.reduce((product, size) => (size >>> 0 === size ? product * size : Number.NaN), 1);
  // The length of strings does not follow from the shape; each has four bytes of its own
  // length before it.
  const bytes = isText ? byteLength! : elements * each;
  if (!Number.isSafeInteger(bytes) || !(bytes >= (isText ? 4 * elements : 0))) invalid('size of a weight');
  const wide = each > 2;
  return { bytes, wide, shape: each === 4 ? shape : [wide ? bytes / 4 : bytes] };
}

/** Columns of a tensor seen as a matrix: its last dimension that is not 1. */
export function columnsOf(shape: readonly number[]): number {
  for (let i = shape.length - 1; i >= 0; i--) if (shape[i] !== 1) return shape[i];
  return 1;
}
