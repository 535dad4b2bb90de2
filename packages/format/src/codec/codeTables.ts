import type { BitCoder } from './BitCoder.js';
import type { Elements, TensorState } from './codeTensor.js';
import { invalid } from './FormatError.js';
import { codeRaw, codeSignAndMantissa } from './floatCoder.js';
import { type SymbolCoder, tableContexts } from './SymbolTables.js';
import type { TensorPlan } from './TensorPlan.js';

/** Contexts: of gaps by how long the last ones were, and one of values. */
const gapContexts = tableContexts - 1;
const shortGaps = 16;

/** How many symbols the gaps of a tensor of `size` elements can have. */
export function gapAlphabet(size: number): number {
  return gapSymbol(Math.min(size, 2 ** 31 - 1)) + 1;
}

/**
 * A gap of less than 16 is a symbol; of a longer one, a symbol tells its length in bits
 * and its second bit.
 */
function gapSymbol(gap: number): number {
  const length = 31 - Math.clz32(gap);
  return gap < shortGaps ? gap : shortGaps + 2 * (length - 4) + ((gap >>> (length - 1)) & 1);
}

/**
 * Codes a tensor of any size fast: a symbol for each gap between non-zero values (unless
 * 'dense') and a symbol for each value, its index among the levels or its exponent's
 * distance from the largest one. What a symbol leaves open follows as raw bits.
 */
export function codeTables(
  coder: BitCoder,
  symbols: SymbolCoder,
  data: Elements,
  plan: TensorPlan,
  state: TensorState,
): void {
  const { levels, exponent, mantissaBits } = plan;
  const { decoding } = coder;
  const dense = plan.positions === 'dense';
  let recent = 0;
  for (let at = 0; ; at++) {
    if (!dense) {
      let end = at;
      if (!decoding) while (end < data.length && data[end] === 0) end++;
      const context = Math.min(gapContexts - 1, (32 - Math.clz32(recent)) >> 1);
      const gap = codeGap(coder, symbols, context, end - at);
      recent = (recent + gap) >>> 1;
      at += gap;
    }
    if (at >= data.length) {
      if (at > data.length) invalid('run of zeros');
      return;
    }
    const value = data[at];
    if (levels.length > 0) {
      data[at] = levels[symbols.code(gapContexts, state.indexOf(value))];
    } else {
      const distance = symbols.code(gapContexts, exponent - ((value >>> 23) & 255));
      data[at] = codeSignAndMantissa(coder, exponent - distance, mantissaBits, value);
    }
  }
}

/** Codes a gap as its symbol and the bits that the symbol leaves open. */
function codeGap(coder: BitCoder, symbols: SymbolCoder, context: number, gap: number): number {
  const symbol = symbols.code(context, gapSymbol(gap));
  if (symbol < shortGaps) return symbol;
  const rest = ((symbol - shortGaps) >> 1) + 3;
  return ((2 | (symbol & 1)) << rest) | codeRaw(coder, rest, gap & ((1 << rest) - 1));
}
