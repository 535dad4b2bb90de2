import { characters } from './binaries.js';

/**
 * The bytes of a text of binaries.ts. Its characters are digits to base 85; the last
 * three stand before one that is 85, 170 or 255 greater.
 */
export function binaryOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  const digits = new Uint8Array(128);
  for (let i = 0; i < characters.length; i++) digits[characters.charCodeAt(i)] = i;
  let end = 0;
  // By index, into an array: this runs before an engine has compiled it.
  for (let i = 0, high = 0; i < text.length; i++) {
    const digit = digits[text.charCodeAt(i)];
    if (digit > 84) high = 85 * (digit - 84);
    else {
      bytes[end++] = digit + high - 4;
      high = 0;
    }
  }
  return bytes.slice(0, end);
}
