/** Bytes in memory. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** The bytes behind a view, whatever its values are, or all of a buffer. */
export function bytesOf(data: Bytes): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The float32 values in stored bytes: a view where they are aligned, else a copy. */
export function float32Of(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes as Uint8Array<ArrayBuffer>;
  return byteOffset % 4 === 0
    ? new Float32Array(buffer, byteOffset, length / 4)
    : new Float32Array(bytes.slice().buffer as ArrayBuffer);
}
