import { arrays, bytesOf, joined, valuesOf } from '@tfjs-compress/format/internal';
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
  /** The next bytes: in place where they are whole. */
  const take = (length: number, name: string): Uint8Array => {
    left -= length;
    if (!(left >= 0)) throw new Error(`weight '${name}': the data end ${-left} bytes before it does.`);
    const pieces: Uint8Array[] = [];
    for (let missing = length; missing > 0; missing -= pieces.at(-1)!.length) {
      pieces.push(parts[0].subarray(0, missing));
      parts[0] = parts[0].subarray(missing);
      if (parts[0].length === 0) parts.shift();
    }
    return pieces.length === 1 ? pieces[0] : joined(pieces);
  };
  for (const [i, spec] of specs.entries()) {
    if (typeof spec?.name !== 'string' || !Array.isArray(spec.shape)) {
      throw new Error(`weightSpecs: expected names and shapes, received ${JSON.stringify(spec)}.`);
    }
    const { name, shape, dtype, group, quantization } = spec;
    const size = sizeOf(shape);
    const each = arrays.get(quantization?.dtype ?? dtype)?.BYTES_PER_ELEMENT;
    if (!each || !(size >>> 0 === size)) {
      throw new Error(`weight '${name}': ${dtype} of shape [${shape}] cannot be read.`);
    }
    if (dtype === 'string') {
      for (let i = 0; i < size; i++) take(new Uint32Array(take(4, name).slice().buffer)[0], name);
      continue;
    }
    const bytes = take(size * each, name);
    // Complex numbers are no weights of a layer: they are stepped over, as strings are.
    if (group === 'optimizer' || dtype === 'complex64') continue;
    const values = valuesOf({ spec, bytes });
    if (lists[i] && !quantization) columnListsOf.set(values, lists[i]);
    yield { name, shape, values };
  }
}
