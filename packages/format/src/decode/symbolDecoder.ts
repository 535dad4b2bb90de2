import type { AdaptiveBits } from '../codec/AdaptiveBits.js';
import type { BitCoder } from '../codec/BitCoder.js';
import { invalid } from '../codec/FormatError.js';
import {
  codeFrequencies,
  lowest,
  maxAlphabet,
  precision,
  type SymbolCoder,
  tableContexts,
  total,
} from '../codec/SymbolTables.js';

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
