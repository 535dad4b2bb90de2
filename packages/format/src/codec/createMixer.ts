import { steps } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { MixerSlots } from './MixerSlots.js';

/*
 * Logistic mixing as in the PAQ family (Mahoney, "Adaptive weighing of context models",
 * 2005): predictions p_i are combined as squash(Σ w_i stretch(p_i)) with stretch(p) =
 * ln(p / (1 - p)) and squash its inverse, and each bit moves w along the gradient of the
 * coding cost. Only +, -, *, / of doubles and tables made with them are used (never
 * Math.exp or Math.log, which differ between engines), so that every engine decodes the
 * same bits.
 */
const tableSize = 4096;
const maxStretch = 12;
/** squash of the middle of each of 4096 intervals of [-12, 12). */
const squashTable = new Float64Array(tableSize);
/** stretch of (i + 1/2) / 4096. */
const stretchTable = new Float64Array(tableSize);

/** Fills the tables, which files of version 2 do not need. */
function fillTables(): void {
  let power = 1.0029339832284467; // e^(12 / 4096)
  for (let i = tableSize / 2; i < tableSize; i++) {
    squashTable[i] = power / (1 + power);
    squashTable[tableSize - 1 - i] = 1 / (1 + power);
    power *= 1.0058765747144782; // e^(24 / 4096)
  }
  for (let i = 0, x = 0; i < tableSize; i++) {
    while (x < tableSize - 1 && squashTable[x] < (i + 0.5) / tableSize) x++;
    stretchTable[i] = ((x + 0.5) / tableSize - 0.5) * 2 * maxStretch;
  }
}

/**
 * Mixes the adaptive probabilities of one slot per input; weights come in sets, one of
 * which is chosen per bit.
 */
export interface Mixer {
  /** The slot of each input, to be set before code(). */
  readonly slots: Int32Array;
  code(coder: BitCoder, set: number, bit: number): number;
}

export function createMixer(
  inputs: number,
  size: number,
  sets: number,
  limit: number,
  rate: number,
  maxSum = 11.99,
  kept = new MixerSlots(),
): Mixer {
  if (squashTable[0] === 0) fillTables();
  const slots = new Int32Array(inputs);
  kept.reset(size);
  const { p, seen, start } = kept;
  const weights = new Float64Array(sets * inputs).fill(1 / Math.max(2, inputs - 2));
  const stretched = new Float64Array(inputs);
  return {
    slots,
    code(coder, set, bit) {
      const first = set * inputs;
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        const slot = slots[i];
        if (seen[slot] < start) {
          seen[slot] = start;
          p[slot] = 0.5;
        }
        // A prediction counts for less until its slot has seen some bits.
        const n = seen[slot] - start;
        stretched[i] = stretchTable[(p[slot] * 4095.99) | 0] * ((n + 0.4) / (n + 1.6));
        sum += weights[first + i] * stretched[i];
      }
      const limited = Math.min(Math.max(sum, -maxSum), maxSum);
      const mixed = squashTable[((limited + maxStretch) * (tableSize / (2 * maxStretch))) | 0];
      const coded = coder.bit(mixed, bit);
      const error = (coded - mixed) * rate;
      for (let i = 0; i < inputs; i++) {
        const slot = slots[i];
        weights[first + i] += error * stretched[i];
        const n = seen[slot] - start;
        p[slot] += (coded - p[slot]) * steps[n];
        if (n < limit) seen[slot]++;
      }
      return coded;
    },
  };
}
