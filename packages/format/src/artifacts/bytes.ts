/** Bytes in memory. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** The bytes behind a view, whatever its values are, or all of a buffer. */
export function bytesOf(data: Bytes): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** A copy of all parts, one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The float32 values in stored bytes: a view where they are aligned, else a copy. */
export function float32Of(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return numbersIn(bytes, Float32Array);
}

/** A class of typed arrays. */
export interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** The same for any class of typed arrays. */
export function numbersIn<T>(bytes: Uint8Array, type: ArrayType<T>): T {
  const each = type.BYTES_PER_ELEMENT;
  const { buffer, byteOffset, length } = bytes.byteOffset % each ? bytes.slice() : bytes;
  return new type(buffer as ArrayBuffer, byteOffset, length / each);
}
