import type { io } from '@tensorflow/tfjs-core';

/** A weight of a model. */
export interface Weight {
  name: string;
  /** The layer's name: the weight's without its last part. */
  layer: string;
  shape: number[];
  /** As float32: a view of the artifacts' data, so that changes go there, unless `storedAs` says otherwise. */
  values: Float32Array;
  /** How it is stored where not as float32: 'uint8', 'float16', 'int32', … */
  storedAs?: string;
  /** Whether pruning and quantization apply to it: a kernel of two dimensions or more. */
  isCompressible: boolean;
}

/** The weights in artifacts, without the optimizer's; strings and complex numbers are left out. */
export function weightsOf({ weightSpecs = [], weightData }: io.ModelArtifacts): Weight[] {
  const data = joined(weightData);
  let at = 0;
  return weightSpecs.flatMap(({ name, shape, dtype, quantization, group, ...more }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const stored = quantization?.dtype ?? dtype;
    const read = readers[stored];
    const start = at;
    at += read ? size * read.bytes : ((more as { byteLength?: number }).byteLength ?? 8 * size);
    if (!read || group === 'optimizer') return [];
    const values = read.values(data, start, size);
    if (quantization && quantization.dtype !== 'float16') {
      const { scale, min } = quantization as { scale: number; min: number };
      for (let i = 0; i < size; i++) values[i] = values[i] * scale + min;
    }
    return {
      name,
      layer: name.replace(/\/[^/]*$/, ''),
      shape,
      values,
      ...(stored !== 'float32' && { storedAs: stored }),
      isCompressible: dtype === 'float32' && shape.length > 1 && /(kernel|embeddings)[^/]*$/i.test(name),
    };
  });
}

interface Reader {
  bytes: number;
  values(data: ArrayBuffer, start: number, size: number): Float32Array<ArrayBuffer>;
}

const readers: Record<string, Reader> = {
  float32: {
    bytes: 4,
    values: (data, start, size) =>
      start % 4 === 0 ? new Float32Array(data, start, size) : new Float32Array(data.slice(start, start + 4 * size)),
  },
  int32: converted(Int32Array),
  uint16: converted(Uint16Array),
  uint8: converted(Uint8Array),
  bool: converted(Uint8Array),
  float16: {
    bytes: 2,
    values: (...at) =>
      converted(Uint16Array)
        .values(...at)
        .map(fromHalf),
  },
};

function converted(type: Int32ArrayConstructor | Uint16ArrayConstructor | Uint8ArrayConstructor): Reader {
  const bytes = type.BYTES_PER_ELEMENT;
  return {
    bytes,
    values: (data, start, size) => Float32Array.from(new type(data.slice(start, start + bytes * size))),
  };
}

/** The value of a float16's bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

function joined(data: io.WeightData | undefined): ArrayBuffer {
  if (!Array.isArray(data)) return data ?? new ArrayBuffer(0);
  const all = new Uint8Array(data.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of data) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}
