import { numberSlots } from '../codec/AdaptiveBits.js';
import type { TensorState } from '../codec/codeTensor.js';
import type { MixedBudget } from '../codec/MixedBudget.js';
import { planBits, planFields } from '../codec/TensorPlan.js';
import type { OldCodings } from '../codec/version1.js';
import { symbolDecoder } from './symbolDecoder.js';

/**
 * The decoder's side of what is kept from one tensor to the next.
 *
 * @param old Given for a file of version 1.
 */
export function decoderState(old: OldCodings | undefined, budget: MixedBudget): TensorState {
  const fields = planBits();
  return {
    fields,
    old,
    budget,
    indexOf: () => 0,
    symbolsFor: ({ length }) => new Uint16Array(length),
    withTables(coder, run, ...sizes) {
      const symbols = symbolDecoder(coder, fields, planFields * numberSlots, ...sizes);
      run(coder, symbols);
      symbols.finish();
    },
  };
}
