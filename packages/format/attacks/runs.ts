import { numberSlots } from '../src/codec/AdaptiveBits.js';
import { codeRaw } from '../src/codec/floatCoder.js';
import { tableContexts } from '../src/codec/SymbolTables.js';
import { codePlan, noPlan, planFields, powerLevels } from '../src/codec/TensorPlan.js';
import type { BitEncoder } from '../src/encode/BitEncoder.js';
import type { EncoderState } from '../src/encode/EncoderState.js';
import { SymbolRecorder } from '../src/encode/SymbolRecorder.js';

/** A tensor of `length` zeros in one gap, written without having the zeros. */
export function writeRun(encoder: BitEncoder, state: EncoderState, length: number): void {
  codePlan(encoder, state.fields, { ...noPlan, positions: 'gaps', values: 'float' });
  const recorder = new SymbolRecorder(tableContexts);
  const bits = 31 - Math.clz32(length);
  recorder.code(0, length < 16 ? length : 16 + 2 * (bits - 4) + ((length >>> (bits - 1)) & 1));
  recorder.write(encoder, state.fields, planFields * numberSlots);
  if (length >= 16) codeRaw(encoder, bits - 1, length & ((1 << (bits - 1)) - 1));
}

/**
 * A tensor of any length that has one symbol, which takes no bits, in a table of its own.
 */
export function writeOneSymbol(encoder: BitEncoder, state: EncoderState): void {
  codePlan(encoder, state.fields, { ...noPlan, values: 'powers', exponent: 1, levels: powerLevels(1, 2) });
  const recorder = new SymbolRecorder(tableContexts);
  recorder.code(tableContexts - 1, 0);
  recorder.write(encoder, state.fields, planFields * numberSlots);
}
