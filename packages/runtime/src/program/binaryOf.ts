import { characters } from './binaries.js';

/**
 * The bytes of a text of binaries.ts. Its characters are digits to base 85; the last
 * three stand before one that is 85, 170 or 255 greater.
 */
export function binaryOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const digits = new Uint8Array(128);
  for (let i = 0; i < characters.length; i++) digits[characters.charCodeAt(i)] = i;
  let end = 0;
  // By index, in place: this runs before an engine has compiled it.
  for (let i = 0; i < bytes.length; i++) {
    let byte = digits[bytes[i]];
    if (byte > 84) byte = 85 * (byte - 84) + digits[bytes[++i]];
    bytes[end++] = byte - 4;
  }
  return bytes.slice(0, end);
}
