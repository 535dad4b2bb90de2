/** States (0, 1, 2) as base64, four to a byte. */
export function encodeStates(states: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(states.length / 4));
  for (let i = 0; i < states.length; i++) bytes[i >> 2] |= states[i] << ((i & 3) * 2);
  return toBase64(bytes);
}

/** @throws Error when the text is not of `length` states. */
export function decodeStates(text: string, length: number): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes.length !== Math.ceil(length / 4)) {
    throw new Error(`saved states: expected ${length} weights, received ${bytes.length * 4} (was the layer changed?).`);
  }
  return Uint8Array.from({ length }, (_, i) => (bytes[i >> 2] >> ((i & 3) * 2)) & 3);
}

export function encodeFloats(values: Float32Array): string {
  return toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

export function decodeFloats(text: string): Float32Array {
  return new Float32Array(fromBase64(text).buffer);
}

function toBase64(bytes: Uint8Array): string {
  const chunks: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x8000) chunks.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  return btoa(chunks.join(''));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
