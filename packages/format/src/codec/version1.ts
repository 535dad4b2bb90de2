import type { BitCoder } from './BitCoder.js';
import type { MixedBudget, SymbolLayout } from './MixedBudget.js';
import { MixerSlots } from './MixerSlots.js';
import { mixSymbols } from './mixSymbols.js';
import { mixText } from './mixText.js';

/**
 * What files of version 1 code in another way: a decoder for those of version 2 does
 * without it.
 */
export interface OldCodings {
  codeText(coder: BitCoder, all: Uint8Array, start: number): void;
  codeSymbols(coder: BitCoder, symbols: Uint16Array, layout: SymbolLayout, budget: MixedBudget): Int32Array;
}

/** The codings of version 1, for one file. */
export function version1(): OldCodings {
  const [significance, level] = [new MixerSlots(), new MixerSlots()];
  return {
    codeText: mixText,
    codeSymbols: (coder, symbols, layout, budget) => mixSymbols(coder, symbols, layout, budget, significance, level),
  };
}
