/**
 * 64 bits of bytes or of a text, as hexadecimal digits: two FNV-1a hashes with different
 * beginnings. For telling things apart, not for security.
 */
export function hashOf(content: Uint8Array | string): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i], 0x01000193);
    // Another multiplier, or both would be the same function of their beginnings.
    b = Math.imul(b ^ bytes[i] ^ (a >>> 24), 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
