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
const symbols = new Uint8Array(tableContexts * total);
const frequencies = new Int32Array(tableContexts * maxAlphabet);
const starts = new Int32Array(tableContexts * maxAlphabet);

/**
 * The decoder of range asymmetric numeral systems (rANS; Duda, arXiv:1311.2540) with
 * byte-wise renormalization, state in [2^23, 2^31). Reads the tables first, one a
 * context, of `alphabet` symbols each, the last of `lastAlphabet`, of which `most` can
 * occur. The tables are the module's: they are in use until finish(), which no decoding
 * of another tensor precedes. finish() is to be called after the last symbol.
 */
export function symbolDecoder(
  coder: BitCoder,
  fields: AdaptiveBits,
  base: number,
  alphabet: number,
  lastAlphabet: number,
  most: number,
): SymbolCoder & { finish(): void } {
  frequencies.fill(0);
  for (let context = 0; context < tableContexts; context++) {
    const size = context < tableContexts - 1 ? alphabet : lastAlphabet;
    const first = context * maxAlphabet;
    codeFrequencies(coder, fields, base, frequencies.subarray(first, first + size), most);
    for (let i = first, start = context * total; i < first + size; start += frequencies[i++]) {
      starts[i] = start - context * total;
      if (frequencies[i] > 0) symbols.fill(i - first, start, start + frequencies[i]);
    }
  }
  const bytes = coder.bytes(fields.codeNumber(coder, base, 0));
  let at = 0;
  let state = 0;
  while (at < 4) state = (state << 8) | bytes[at++];
  if (state < lowest) invalid('start');
  return {
    code(context) {
      const slot = state & (total - 1);
      const symbol = symbols[context * total + slot];
      const entry = context * maxAlphabet + symbol;
      state = frequencies[entry] * (state >>> precision) + slot - starts[entry];
      while (state < lowest) {
        if (at >= bytes.length) invalid('end');
        state = (state << 8) | bytes[at++];
      }
      return symbol;
    },
    finish() {
      if (state !== lowest || at !== bytes.length) invalid('end');
    },
  };
}
