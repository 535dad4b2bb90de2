import { AdaptiveBits } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';

/** Frequencies of a table sum to 2^12. */
export const precision = 12;
export const total = 1 << precision;
/** Symbols are less than this. */
export const maxAlphabet = 256;
/** Smallest state of the coder between two symbols. */
export const lowest = 1 << 23;

/** Codes symbols 0 … 255 by fixed frequencies, one table a context: about ten times as fast as adaptive bits. */
export interface SymbolCoder {
  code(context: number, symbol: number): number;
}

/** Codes the frequencies of one table: how many there are, then each in the context of the one before. */
export function codeFrequencies(coder: BitCoder, fields: AdaptiveBits, base: number, frequencies: Int32Array): void {
  const { numberSlots } = AdaptiveBits;
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
  }
  if (sum !== total) invalid('table');
}

/**
 * The decoder of range asymmetric numeral systems (rANS; Duda, arXiv:1311.2540) with byte-wise renormalization, state in [2^23, 2^31).
 */
export class SymbolDecoder implements SymbolCoder {
  private readonly symbols: Uint8Array;
  private readonly frequencies: Int32Array;
  private readonly starts: Int32Array;
  private readonly bytes: Uint8Array;
  private state = 0;
  private at = 0;

  constructor(coder: BitCoder, fields: AdaptiveBits, base: number, contexts: number) {
    this.symbols = new Uint8Array(contexts * total);
    this.frequencies = new Int32Array(contexts * maxAlphabet);
    this.starts = new Int32Array(contexts * maxAlphabet);
    for (let context = 0; context < contexts; context++) {
      const first = context * maxAlphabet;
      const frequencies = this.frequencies.subarray(first, first + maxAlphabet);
      codeFrequencies(coder, fields, base, frequencies);
      for (let i = 0, start = 0; i < maxAlphabet; start += frequencies[i++]) {
        this.starts[first + i] = start;
        this.symbols.fill(i, context * total + start, context * total + start + frequencies[i]);
      }
    }
    this.bytes = coder.bytes(fields.codeNumber(coder, base, 0));
    for (; this.at < 4; this.at++) this.state = (this.state << 8) | this.bytes[this.at];
    if (this.state < lowest) invalid('start');
  }

  code(context: number, _symbol: number): number {
    const slot = this.state & (total - 1);
    const symbol = this.symbols[(context << precision) + slot];
    const entry = context * maxAlphabet + symbol;
    let state = this.frequencies[entry] * (this.state >>> precision) + slot - this.starts[entry];
    while (state < lowest) {
      if (this.at >= this.bytes.length) invalid('end');
      state = (state << 8) | this.bytes[this.at++];
    }
    this.state = state;
    return symbol;
  }

  /** To be called after the last symbol. */
  finish(): void {
    if (this.state !== lowest || this.at !== this.bytes.length) invalid('end');
  }
}
