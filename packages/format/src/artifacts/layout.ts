import type { io } from '@tensorflow/tfjs-core';
import { invalid } from '../codec/FormatError.js';

/**
 * Bytes that tfjs stores for one value of each dtype; of a string, for one byte of it.
 */
const itemBytes = new Map(
  Object.entries({ float32: 4, int32: 4, bool: 1, complex64: 8, string: 1, uint8: 1, uint16: 2, float16: 2 }),
);

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
