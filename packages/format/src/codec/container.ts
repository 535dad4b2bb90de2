/** 'tfz'. */
export const magic = [0x74, 0x66, 0x7a];
/** Files are written in this version. */
export const newestVersion = 2;

/**
 * Bytes of text that a file of `fileBytes` may hold: each takes about 1 µs, and next to
 * nothing of the file when it is foreseen.
 */
export function textLimit(fileBytes: number): number {
  return Math.min(2 ** 24, 2 ** 18 + 64 * fileBytes);
}
