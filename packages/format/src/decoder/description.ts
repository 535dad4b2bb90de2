import type { io } from '@tensorflow/tfjs-core';
import { invalid } from './FormatError.js';

/** A weight in the description: name, shape, and where not float32 its dtype and other fields. */
export type WeightEntry = [name: string, shape: number[], dtype?: string, more?: object];

const maxDepth = 200;
const itemBytes = new Map<string, number>(
  Object.entries({ float32: 4, int32: 4, bool: 1, complex64: 8, string: 1, uint8: 1, uint16: 2, float16: 2 }),
);

/** Parses the JSON of a file; throws an Error for what JSON.parse refuses, deep nesting and keys named __proto__. */
export function parseDescription(text: string): Record<string, any> {
  let depth = 0;
  for (let i = 0, quoted = false; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    else if (quoted) i += c === '\\' ? 1 : 0;
    else if ('{['.includes(c)) depth++;
    else if ('}]'.includes(c)) depth--;
    if (depth > maxDepth) invalid('nesting of the description');
  }
  const parsed = JSON.parse(text, (key, value) => {
    if (key === '__proto__') invalid('key __proto__');
    return value;
  });
  if (parsed?.constructor !== Object || ['weightSpecs', 'weightData', 'getWeightStream'].some((key) => key in parsed)) {
    invalid('description');
  }
  return parsed;
}

/** The weight specification that an entry stands for; throws an Error when the entry is not well-formed. */
export function toSpec(entry: unknown): io.WeightsManifestEntry {
  if (!Array.isArray(entry)) invalid('weight');
  const [name, shape, dtype = 'float32', more] = entry as WeightEntry;
  if (typeof name !== 'string') invalid('weight');
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    invalid('shape of a weight');
  }
  return { ...more, name, shape, dtype: dtype as io.WeightsManifestEntry['dtype'] };
}

/** How a weight is coded: its bytes as stored, as int32 words if `wide`, else byte by byte; the shape is that of the words. */
export interface Layout {
  bytes: number;
  wide: boolean;
  shape: number[];
}

export function layoutOf(spec: io.WeightsManifestEntry): Layout {
  const isText = spec.dtype === 'string';
  const each = itemBytes.get(isText ? 'string' : (spec.quantization?.dtype ?? spec.dtype));
  if (!each) invalid('dtype of a weight');
  const elements = spec.shape.reduce((product, size) => product * size, 1);
  // The length of strings does not follow from the shape; each has four bytes of its own length before it.
  const bytes = isText ? (spec as { byteLength?: number }).byteLength! : elements * each;
  if (!Number.isSafeInteger(bytes) || !(bytes >= (isText ? 4 * elements : 0))) invalid('size of a weight');
  const wide = each > 2;
  return { bytes, wide, shape: each === 4 ? spec.shape : [wide ? bytes / 4 : bytes] };
}

/** Throws an Error unless `bytes` are as many strings as the shape says, each with its length before it, and nothing else. */
export function checkStrings({ shape }: io.WeightsManifestEntry, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let left = shape.reduce((product, size) => product * size, 1);
  for (; left > 0 && at + 4 <= bytes.length; left--) at += 4 + view.getUint32(at, true);
  if (left > 0 || at !== bytes.length) invalid('text of a weight');
}
