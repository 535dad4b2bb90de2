/**
 * Without its sign bit, a float32's bit pattern, its key here, grows with its magnitude.
 */
export const keyMask = 0x7fffffff;
export const keyOfInfinity = 0x7f800000;

/** The bit patterns of the values, which they share their memory with. */
export function keysOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
