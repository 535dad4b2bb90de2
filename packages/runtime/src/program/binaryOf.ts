/**
 * The bytes of a text of binaries.ts. Its characters are digits to base 85, from '%' on
 * without '\\' and '`'; the last three stand before one that is 85, 170 or 255 greater.
 */
export function binaryOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let end = 0;
  // By index, into an array: this runs before an engine has compiled it.
  for (let i = 0, high = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - (code > 96 ? 39 : code > 92 ? 38 : 37);
    if (digit > 84) high = 85 * (digit - 84);
    else {
      bytes[end++] = digit + high - 4;
      high = 0;
    }
  }
  return bytes.slice(0, end);
}
