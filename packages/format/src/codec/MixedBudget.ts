import { invalid } from './FormatError.js';

/**
 * What coding in mixed contexts takes up in one file. Each element counts as one bit and
 * each bit of a level as another: about 0.2 µs of time each, and nearly nothing of the
 * file when they are foreseen, so that their number has to have a bound.
 */
export class MixedBudget {
  used = 0;

  constructor(readonly limit: number) {}

  /** Throws an Error when the limit has been passed. */
  spend(bits: number): void {
    this.used += bits;
    if (this.used > this.limit) invalid('number of values');
  }
}

/** How many bits a file of `fileBytes` may have in mixed contexts. */
export function mixedLimit(fileBytes: number): number {
  return 2 ** 22 + 64 * fileBytes;
}

export interface SymbolLayout {
  rows: number;
  columns: number;
  /**
   * Rows that lie `stride` apart are taken for neighbours besides the next ones: the
   * width of the image under a dense layer.
   */
  stride: number;
  /** Symbols are 1 … levels, and 0 for zero if `zeros`. */
  levels: number;
  zeros: boolean;
}
