import { ByteBuffer } from './ByteBuffer.js';
import type { AdaptiveBits } from './decoder/AdaptiveBits.js';
import type { BitCoder } from './decoder/BitCoder.js';
import { codeFrequencies, lowest, maxAlphabet, precision, type SymbolCoder, total } from './decoder/SymbolTables.js';

/** Takes down symbols to write them as SymbolDecoder reads them, which has to be done from the last one to the first. */
export class SymbolRecorder implements SymbolCoder {
  private symbols = new Uint8Array(1 << 12);
  private contexts = new Uint8Array(1 << 12);
  private length = 0;
  private readonly counts: Int32Array[];

  constructor(contexts: number) {
    this.counts = Array.from({ length: contexts }, () => new Int32Array(maxAlphabet));
  }

  code(context: number, symbol: number): number {
    if (this.length === this.symbols.length)
      [this.symbols, this.contexts] = [double(this.symbols), double(this.contexts)];
    this.symbols[this.length] = symbol;
    this.contexts[this.length++] = context;
    this.counts[context][symbol]++;
    return symbol;
  }

  /** Writes the tables and the symbols. */
  write(coder: BitCoder, fields: AdaptiveBits, base: number): void {
    const tables = this.counts.map(normalize);
    const starts = tables.map((frequencies) => {
      codeFrequencies(coder, fields, base, frequencies, maxAlphabet);
      let sum = 0;
      return frequencies.map((frequency) => {
        sum += frequency;
        return sum - frequency;
      });
    });
    const reversed = new ByteBuffer();
    let state = lowest;
    for (let i = this.length - 1; i >= 0; i--) {
      const context = this.contexts[i];
      const frequency = tables[context][this.symbols[i]];
      const limit = frequency * (lowest >>> (precision - 8));
      for (; state >= limit; state >>>= 8) reversed.push(state & 255);
      state = (Math.floor(state / frequency) << precision) + (state % frequency) + starts[context][this.symbols[i]];
    }
    for (let i = 0; i < 4; i++, state >>>= 8) reversed.push(state & 255);
    const bytes = reversed.bytes().reverse();
    fields.codeNumber(coder, base, bytes.length);
    coder.bytes(bytes.length, bytes);
  }
}

/** Frequencies that sum to 2^12, in proportion to the counts, none that occurs with frequency 0; an empty table has one symbol. */
function normalize(counts: Int32Array): Int32Array {
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum === 0) return counts.map((_, i) => (i === 0 ? total : 0));
  const frequencies = counts.map((count) => (count === 0 ? 0 : Math.max(1, Math.round((count / sum) * total))));
  let excess = frequencies.reduce((a, b) => a + b, 0) - total;
  while (excess !== 0) {
    const largest = frequencies.indexOf(Math.max(...frequencies));
    const step = excess > 0 ? Math.min(excess, frequencies[largest] >> 1) : excess;
    frequencies[largest] -= step;
    excess -= step;
  }
  return frequencies;
}

function double(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const doubled = new Uint8Array(2 * bytes.length);
  doubled.set(bytes);
  return doubled;
}
