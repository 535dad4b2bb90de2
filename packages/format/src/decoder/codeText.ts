import type { BitCoder } from './BitCoder.js';
import { IntegerBits } from './IntegerBits.js';
import { mixText } from './mixText.js';
import { primer } from './primer.js';

/** The longest match that is told apart from longer ones. */
const longest = 15;

/** Bytes of text that a file of `fileBytes` may hold: each takes about 1 µs, and next to nothing of the file when it is foreseen. */
export function textLimit(fileBytes: number): number {
  return Math.min(2 ** 24, 2 ** 18 + 64 * fileBytes);
}

/**
 * Codes `text` (of `text.length` bytes, filled in when decoding). The primer stands before it.
 * Version 1 mixes contexts for each bit. Version 2 guesses each byte up to twice: as what followed the
 * last occurrence of the bytes before, or of the two before; a bit tells whether a guess is right.
 */
export function codeText(coder: BitCoder, text: Uint8Array, version: number): void {
  const start = new TextEncoder().encode(primer);
  const all = new Uint8Array(start.length + text.length);
  all.set(start);
  all.set(text, start.length);
  if (version > 1) guessText(coder, all, start.length);
  else mixText(coder, all, start.length);
  text.set(all.subarray(start.length));
}

/** Codes the bytes of `all` from `start` on. */
function guessText(coder: BitCoder, all: Uint8Array, start: number): void {
  const slots = new IntegerBits(1 << 17);
  const afterHash = new Int32Array(1 << 16);
  const afterPair = new Int32Array(1 << 16);
  let hash = 0;
  let pair = 0;
  let match = 0;
  let matched = 0;
  for (let at = 0; at < all.length; at++) {
    const wanted = all[at];
    if (at >= start && matched === 0) {
      match = afterHash[hash];
      while (matched < longest && matched < match && all[match - 1 - matched] === all[at - 1 - matched]) matched++;
    }
    const before = pair & 255;
    if (matched > 0 && slots.code(coder, matched + 32 * before, matched, 0, wanted === all[match] ? 1 : 0)) {
      all[at] = all[match++];
      if (matched < longest) matched++;
    } else {
      if (at >= start) {
        const second = all[afterPair[pair]];
        const isNew = matched === 0 || second !== all[match];
        const general = matched > 0 ? 17 : 16;
        if (isNew && slots.code(coder, general + 32 * before, general, 0, wanted === second ? 1 : 0)) {
          all[at] = second;
        } else {
          let node = 1;
          for (let i = 7; i >= 0; i--) {
            const slot = (1 << 16) + node;
            node = 2 * node + slots.code(coder, slot + 256 * before, slot, 0, (wanted >>> i) & 1);
          }
          all[at] = node;
        }
      }
      matched = 0;
      afterHash[hash] = afterPair[pair] = at;
    }
    hash = ((hash << 4) ^ all[at]) & 0xffff;
    pair = ((pair << 8) | all[at]) & 0xffff;
  }
}
