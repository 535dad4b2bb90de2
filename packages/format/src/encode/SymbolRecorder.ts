import type { AdaptiveBits } from '../codec/AdaptiveBits.js';
import type { BitCoder } from '../codec/BitCoder.js';
import { codeFrequencies, lowest, maxAlphabet, precision, type SymbolCoder, total } from '../codec/SymbolTables.js';
import { ByteBuffer } from './ByteBuffer.js';

/**
 * Takes down symbols to write them as SymbolDecoder reads them, which has to be done from
 * the last one to the first.
 */
export class SymbolRecorder implements SymbolCoder {
  private symbols = new Uint8Array(1 << 8);
  private contexts = new Uint8Array(1 << 8);
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
    const steps = this.writeInSteps(coder, fields, base);
    while (!steps.next().done);
  }

  /** write() with a pause now and then. */
  *writeInSteps(coder: BitCoder, fields: AdaptiveBits, base: number): Generator<void, void> {
    const tables = this.counts;
    const starts = tables.map((table) => {
      normalize(table);
      codeFrequencies(coder, fields, base, table, maxAlphabet);
      const start = new Int32Array(maxAlphabet);
      for (let i = 1; i < maxAlphabet; i++) start[i] = start[i - 1] + table[i - 1];
      return start;
    });
    const reversed = new ByteBuffer();
    let state = lowest;
    for (let i = this.length - 1; i >= 0; i--) {
      const context = this.contexts[i];
      const symbol = this.symbols[i];
      const frequency = tables[context][symbol];
      const limit = frequency * (lowest >>> (precision - 8));
      for (; state >= limit; state >>>= 8) reversed.push(state & 255);
      state = (Math.floor(state / frequency) << precision) + (state % frequency) + starts[context][symbol];
      if ((i & 0x7ffff) === 0 && i > 0) yield;
    }
    for (let i = 0; i < 4; i++, state >>>= 8) reversed.push(state & 255);
    const bytes = reversed.bytes().reverse();
    fields.codeNumber(coder, base, bytes.length);
    coder.bytes(bytes.length, bytes);
  }
}

/**
 * Makes counts into frequencies that sum to 2^12, in proportion, none that occurs with
 * frequency 0; an empty table has one symbol.
 */
function normalize(table: Int32Array): void {
  let sum = 0;
  for (let i = 0; i < table.length; i++) sum += table[i];
  if (sum === 0) table[0] = sum = 1;
  let excess = -total;
  for (let i = 0; i < table.length; i++) {
    if (table[i] > 0) table[i] = Math.max(1, Math.round((table[i] / sum) * total));
    excess += table[i];
  }
  while (excess !== 0) {
    let largest = 0;
    for (let i = 1; i < table.length; i++) if (table[i] > table[largest]) largest = i;
    const step = excess > 0 ? Math.min(excess, table[largest] >> 1) : excess;
    table[largest] -= step;
    excess -= step;
  }
}

function double(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const doubled = new Uint8Array(2 * bytes.length);
  doubled.set(bytes);
  return doubled;
}
