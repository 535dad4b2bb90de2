import type { BitCoder } from './BitCoder.js';
import { IntegerBits } from './IntegerBits.js';
import { primer } from './primer.js';
import type { OldCodings } from './version1.js';

/** The longest match that is told apart from longer ones. */
const longest = 15;

/**
 * Codes `text` (of `text.length` bytes, filled in when decoding). The primer stands
 * before it. Each byte is guessed up to twice: as what followed the last occurrence of
 * the bytes before, or of the two before; a bit tells whether a guess is right.
 *
 * @param old Given for a file of version 1.
 */
export function codeText(coder: BitCoder, text: Uint8Array, old?: OldCodings): void {
  const start = new TextEncoder().encode(primer);
  const all = new Uint8Array(start.length + text.length);
  all.set(start);
  all.set(text, start.length);
  (old?.codeText ?? guessText)(coder, all, start.length);
  text.set(all.subarray(start.length));
}

/** Codes the bytes of `all` from `start` on. */
function guessText(coder: BitCoder, all: Uint8Array, start: number): void {
  const slots = new IntegerBits(1 << 17);
  const afterFour = new Int32Array(1 << 16);
  const afterTwo = new Int32Array(1 << 16);
  for (let at = 0, four = 0, two = 0; at < start; at++) {
    afterFour[four] = afterTwo[two] = at;
    four = ((four << 4) ^ all[at]) & 0xffff;
    two = ((two << 8) | all[at]) & 0xffff;
  }
  let match = 0;
  let matched = 0;
  for (let at = start; at < all.length; at++) {
    if (matched === 0) {
      match = afterFour[hashBefore(all, at)];
      while (matched < longest && matched < match && all[match - 1 - matched] === all[at - 1 - matched]) matched++;
    }
    const expected = all[match];
    const isExpected = all[at] === expected ? 1 : 0;
    if (matched > 0 && slots.code(coder, matched + 32 * all[at - 1], matched, 0, isExpected)) {
      all[at] = expected;
      match++;
      if (matched < longest) matched++;
    } else {
      const two = (all[at - 2] << 8) | all[at - 1];
      all[at] = codeOther(coder, slots, all[at], all[at - 1], all[afterTwo[two]], matched > 0 ? expected : -1);
      matched = 0;
      afterFour[hashBefore(all, at)] = afterTwo[two] = at;
    }
  }
}

/**
 * Codes a byte that is not `wrong` (-1 if that is not known): either the second guess, or
 * bit by bit.
 */
function codeOther(
  coder: BitCoder,
  slots: IntegerBits,
  wanted: number,
  context: number,
  second: number,
  wrong: number,
): number {
  const general = wrong < 0 ? 16 : 17;
  const isSecond = wanted === second ? 1 : 0;
  if (second !== wrong && slots.code(coder, general + 32 * context, general, 0, isSecond)) return second;
  let node = 1;
  for (let i = 7; i >= 0; i--) {
    const slot = (1 << 16) + node;
    node = 2 * node + slots.code(coder, slot + 256 * context, slot, 0, (wanted >>> i) & 1);
  }
  return node & 255;
}

/** Of the last four bytes before a place; the primer's loop computes the same. */
function hashBefore(all: Uint8Array, at: number): number {
  return ((all[at - 4] << 12) ^ (all[at - 3] << 8) ^ (all[at - 2] << 4) ^ all[at - 1]) & 0xffff;
}
