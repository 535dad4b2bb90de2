import type { AdaptiveBits } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { codeTables, gapAlphabet } from './codeTables.js';
import { codeTree, type MarkHeld } from './codeTree.js';
import { columnsOf } from './columnsOf.js';
import { invalid } from './FormatError.js';
import { codeRaw, floatCoder } from './floatCoder.js';
import type { MixedBudget } from './MixedBudget.js';
import { maxAlphabet, type SymbolCoder } from './SymbolTables.js';
import { codePlan, noPlan, type TensorPlan } from './TensorPlan.js';
import type { OldCodings } from './version1.js';

/**
 * What is kept from one tensor of a file to the next, and what the two directions do each
 * in its way: encode/EncoderState, decode/decoderState.
 */
export interface TensorState {
  readonly fields: AdaptiveBits;
  /** Given for a file of version 1. */
  readonly old?: OldCodings;
  readonly budget: MixedBudget;
  /** Given by the encoder. */
  readonly mark?: MarkHeld;
  /** The index among the levels of a value to be coded. */
  indexOf(value: number): number;
  /**
   * The symbols to be coded in mixed contexts: 0 for zero if `zeros`, 1 + index of the
   * others.
   */
  symbolsFor(data: Elements, zeros: boolean): Uint16Array;
  /**
   * Has `run` code symbols by tables, which stand before them.
   *
   * @param sizes How many symbols the tables of gaps and that of values can have, and how
   *   many of a table can occur.
   */
  withTables(
    coder: BitCoder,
    run: (coder: BitCoder, symbols: SymbolCoder) => void,
    ...sizes: [gapAlphabet: number, valueAlphabet: number, most: number]
  ): void;
}

/** Elements of a tensor: 32 bits each, or bytes, which are coded as if they had 32. */
export type Elements = Int32Array | Uint8Array;

/**
 * Codes the elements of one tensor. When encoding, `plan` is given; when decoding, it is
 * not and `data` is all zeros.
 */
export function codeTensor(
  coder: BitCoder,
  state: TensorState,
  data: Elements,
  shape: readonly number[],
  plan?: TensorPlan,
): void {
  const size = data.length;
  if (size === 0) return;
  const read = codePlan(coder, state.fields, plan ?? noPlan, !!state.old);
  const { levels, positions } = read;

  const rawBits = { raw: 32, bytes: 8 }[read.values as string];

  if (rawBits) {
    for (let i = 0; i < size; i++) data[i] = codeRaw(coder, rawBits, data[i]);
  } else if (positions === 'dense' || positions === 'gaps') {
    state.withTables(
      coder,
      (through, symbols) => codeTables(through, symbols, data, read, state),
      positions === 'dense' ? 1 : gapAlphabet(size),
      Math.min(maxAlphabet, levels.length || read.exponent + 1),
      size + 1,
    );
  } else if (positions === 'few') {
    const codeFloat = floatCoder(read.exponent, read.mantissaBits);
    for (let i = 0; i < size; i++) data[i] = codeFloat(coder, data[i]);
  } else {
    const zeros = positions === 'mixed';
    const symbols = state.symbolsFor(data, zeros);
    const columns = columnsOf(shape);
    const layout = { rows: size / columns, columns, stride: read.stride, levels: levels.length || 1, zeros };
    const codeFloat = floatCoder(read.exponent, read.mantissaBits);
    const code = state.old?.codeSymbols ?? codeTree;
    for (const at of code(coder, symbols, layout, state.budget, state.mark)) {
      if (levels.length === 0) data[at] = codeFloat(coder, data[at]);
      else if (symbols[at] <= levels.length) data[at] = levels[symbols[at] - 1];
      else invalid('level');
    }
  }
}
