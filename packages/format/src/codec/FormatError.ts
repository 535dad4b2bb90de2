/**
 * Ends the decoding of data that no encoder writes, and that a valid checksum therefore
 * makes a forgery; unpack adds file and offset.
 */
export function invalid(what: string): never {
  throw new Error(`invalid ${what} in the file`);
}

/**
 * What is wrong with a file, and where: every malformed input ends in one of these, never
 * in a wrong model.
 *
 * ```js
 * try {
 *   unpack(Uint8Array.of(1, 2, 3), { name: 'mine.tfz' });
 * } catch (error) {
 *   console.log(error instanceof FormatError, error.file, error.offset); // → true mine.tfz 0
 * }
 * ```
 */
export class FormatError extends Error {
  override name = 'FormatError';
  /**
   * @param file Name of the file (a path, a URL, or what the caller called the bytes).
   * @param offset Byte offset in the file at which the problem was noticed.
   */
  constructor(
    readonly file: string,
    readonly offset: number,
    problem: string,
  ) {
    super(`${file}: ${problem} (at byte ${offset}).`);
  }
}
