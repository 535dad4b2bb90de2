import type { io } from '@tensorflow/tfjs-core';
import { invalid } from '../codec/FormatError.js';
import type { ArrayType } from './bytes.js';

/**
 * What holds the values that tfjs stores as a dtype, or their bits; of strings the bytes.
 */
export const arrays = new Map(
  Object.entries<ArrayType<Float32Array<ArrayBuffer> | ArrayLike<number>>>({
    float32: Float32Array,
    int32: Int32Array,
    bool: Uint8Array,
    complex64: Float64Array,
    string: Uint8Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    float16: Uint16Array,
  }),
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
  const each = arrays.get(isText ? dtype : (quantization?.dtype ?? dtype))?.BYTES_PER_ELEMENT;
  if (!each) invalid('dtype of a weight');
  const elements = shape.reduce((product, size) => (size >>> 0 === size ? product * size : Number.NaN), 1);
  // The length of strings does not follow from the shape; each has four bytes of its own
  // length before it.
  const bytes = isText ? byteLength! : elements * each;
  if (!Number.isSafeInteger(bytes) || !(bytes >= (isText ? 4 * elements : 0))) invalid('size of a weight');
  const wide = each > 2;
  return { bytes, wide, shape: each === 4 ? shape : [wide ? bytes / 4 : bytes] };
}
