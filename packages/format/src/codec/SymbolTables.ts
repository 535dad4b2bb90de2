import { type AdaptiveBits, numberSlots } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';

/** Frequencies of a table sum to 2^12. */
export const precision = 12;
export const total = 1 << precision;
/** Symbols are less than this. */
export const maxAlphabet = 256;
/** Smallest state of the coder between two symbols. */
export const lowest = 1 << 23;

/**
 * Codes symbols 0 … 255 by fixed frequencies, one table a context: about ten times as
 * fast as adaptive bits.
 */
export interface SymbolCoder {
  code(context: number, symbol: number): number;
}

/**
 * Codes the frequencies of one table: how many there are, then each in the context of the
 * one before.
 *
 * @param most How many of them may be other than 0: no tensor has more symbols than
 *   elements, so that no table costs more than they do.
 */
export function codeFrequencies(
  coder: BitCoder,
  fields: AdaptiveBits,
  base: number,
  frequencies: Int32Array,
  most: number,
): void {
  let count = frequencies.length;
  while (count > 0 && frequencies[count - 1] === 0) count--;
  count = fields.codeNumber(coder, base, count);
  if (count > frequencies.length) invalid('table');
  let sum = 0;
  for (let i = 0, before = 0; i < count; i++) {
    const context = before === 0 ? 1 : before < 64 ? 2 : 3;
    before = fields.codeNumber(coder, base + context * numberSlots, frequencies[i]);
    frequencies[i] = before;
    sum += before;
    if (before > 0 && most-- === 0) invalid('table');
  }
  if (sum !== total) invalid('table');
}

/** One table a context; at most as many contexts as there are here. */
export const tableContexts = 6;
