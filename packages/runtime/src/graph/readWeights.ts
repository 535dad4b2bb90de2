import { bytesOf } from '@tfjs-compress/format/internal';
import { sizeOf } from '../program/Value.js';

/** A weight of a file, its numbers as they count in the model. */
export interface NamedWeight {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** As tfjs and unpack specify a stored weight. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: string;
  group?: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}

/**
 * Of the columns of a weight, its last dimension, how many numbers are not 0, and where
 * they are, one column after the other.
 */
export interface ColumnLists {
  counts: Uint32Array;
  places: Uint32Array;
}

/** Those that were made as a file was decoded. Nothing is known of copies. */
export const columnListsOf = new WeakMap<Float32Array, ColumnLists>();

type Bytes = ArrayBuffer | ArrayBufferView;

const readers: Record<string, [size: number, type: new (buffer: ArrayBufferLike) => ArrayLike<number>]> = {
  // @ts-expect-error An object without a prototype: no dtype is found there by chance.
  __proto__: null,
  float32: [4, Float32Array],
  int32: [4, Int32Array],
  bool: [1, Uint8Array],
  uint8: [1, Uint8Array],
  uint16: [2, Uint16Array],
  float16: [2, Uint16Array],
  // Neither is a weight of a layer; they are stepped over.
  complex64: [8, Float32Array],
  string: [0, Uint8Array],
};

/**
 * The model's weights in artifacts, one at a time, dequantized as tfjs does it; the
 * optimizer's are left out. What is stored as float32 stays where it is.
 *
 * @param lists Of each, what of it is not 0; undefined where that is not known.
 * @throws Error for a dtype that tfjs does not store, and for data that end before the
 *   weights.
 */
export function* readWeights(
  specs: readonly WeightSpec[],
  data: Bytes | Bytes[] = [],
  lists: (ColumnLists | undefined)[] = [],
): Generator<NamedWeight> {
  const parts = [data]
    .flat()
    .map(bytesOf)
    .filter(({ length }) => length > 0);
  let left = parts.reduce((sum, { length }) => sum + length, 0);
  /**
   * The next bytes, for a view of 4-byte numbers: in place where they are whole and
   * aligned.
   */
  const take = (length: number, name: string): Uint8Array => {
    left -= length;
    if (!(left >= 0)) throw new Error(`weight '${name}': the data end ${-left} bytes before it does.`);
    const pieces: Uint8Array[] = [];
    for (let missing = length; missing > 0; missing -= pieces.at(-1)!.length) {
      pieces.push(parts[0].subarray(0, missing));
      parts[0] = parts[0].subarray(missing);
      if (parts[0].length === 0) parts.shift();
    }
    if (pieces.length === 1 && pieces[0].byteOffset % 4 === 0) return pieces[0];
    const joined = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  };
  for (const [i, spec] of specs.entries()) {
    if (typeof spec?.name !== 'string' || !Array.isArray(spec.shape)) {
      throw new Error(`weightSpecs: expected objects with a name and a shape, received ${JSON.stringify(spec)}.`);
    }
    const { name, shape, dtype, group, quantization } = spec;
    const size = sizeOf(shape);
    const reader = readers[quantization?.dtype ?? dtype];
    if (!reader || !(size >>> 0 === size))
      throw new Error(`weight '${name}': ${reader ? `shape [${shape}]` : `dtype ${dtype}`} cannot be read.`);
    if (dtype === 'string') {
      for (let i = 0; i < size; i++) take(new Uint32Array(take(4, name).slice().buffer)[0], name);
      continue;
    }
    const bytes = take(size * reader[0], name);
    if (group === 'optimizer' || dtype === 'complex64') continue;
    const { buffer, byteOffset } = bytes;
    if (reader[1] === Float32Array) {
      const values = new Float32Array(buffer, byteOffset, size);
      if (lists[i]) columnListsOf.set(values, lists[i]);
      yield { name, shape, values };
    } else yield { name, shape, values: dequantized(new reader[1](bytes.slice().buffer), dtype, quantization) };
  }
}

function dequantized(stored: ArrayLike<number>, dtype: string, quantization: WeightSpec['quantization']): Float32Array {
  if (quantization?.dtype === 'float16') return fromHalves(stored);
  const { scale = 1, min = 0 } = quantization ?? {};
  const round = quantization && dtype === 'int32' ? Math.round : Number;
  return Float32Array.from(stored, (value) => round(value * scale + min));
}

/** A half's bits, 13 places up, are a float of 2^-112 times its value. */
function fromHalves(halves: ArrayLike<number>): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    bits[i] = (half & 0x7fff) << 13;
    let value = values[i] * 2 ** 112;
    if ((half & 0x7c00) === 0x7c00) value = half & 1023 ? Number.NaN : Number.POSITIVE_INFINITY;
    values[i] = half & 0x8000 ? -value : value;
  }
  return values;
}
