import { random } from '@tfjs-compress/math/internal';
import { codeText } from '../codec/codeText.js';
import { textLimit } from '../codec/container.js';
import { BitEncoder } from './BitEncoder.js';

const spaces = [0x20, 0x09, 0x0a, 0x0d];

/**
 * An encoder into which the JSON of a file has been written. A text so foreseeable that a
 * decoder would take the file for an attack, a megabyte of one letter, gets white space
 * behind it, in which nothing can be foreseen.
 *
 * @returns The encoder, and how long the text became.
 */
export function writeText(text: Uint8Array): { encoder: BitEncoder; jsonBytes: number } {
  let written = text;
  for (;;) {
    const encoder = new BitEncoder();
    codeText(encoder, written);
    if (written.length <= textLimit(encoder.size)) return { encoder, jsonBytes: written.length };
    const missing = (written.length - 2 ** 18) / 64 - encoder.size;
    // A space takes two bits, a quarter of a byte, and asks for a 64th of one itself.
    const added = Math.ceil(4.5 * missing) + 64;
    const padded = new Uint8Array(written.length + added);
    padded.set(written);
    for (let i = written.length; i < padded.length; i++) padded[i] = spaces[Math.floor(4 * random(1, i))];
    written = padded;
  }
}
