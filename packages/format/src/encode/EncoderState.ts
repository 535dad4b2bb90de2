import { numberSlots } from '../codec/AdaptiveBits.js';
import { type BitCoder, unwritten } from '../codec/BitCoder.js';
import { codeTables } from '../codec/codeTables.js';
import { codeTensor, type Elements, type TensorState } from '../codec/codeTensor.js';
import { MixedBudget } from '../codec/MixedBudget.js';
import { type SymbolCoder, tableContexts } from '../codec/SymbolTables.js';
import { codePlan, planBits, planFields, type TensorPlan } from '../codec/TensorPlan.js';
import type { OldCodings } from '../codec/version1.js';
import { SymbolRecorder } from './SymbolRecorder.js';

/** How many elements are coded without a pause: some hundredths of a second. */
const stepSize = 1 << 18;

/** The encoder's side of what is kept from one tensor to the next. */
export class EncoderState implements TensorState {
  readonly fields = planBits();
  /** Counts what is coded in mixed contexts; that it is not too much, pack sees to. */
  readonly budget = new MixedBudget(Number.POSITIVE_INFINITY);
  readonly mark = markHeld;
  private indices = new Map<number, number>();

  /** @param old Given for a file of version 1. */
  constructor(readonly old?: OldCodings) {}

  encode(coder: BitCoder, data: Int32Array, shape: readonly number[], plan: TensorPlan): void {
    this.list(plan.levels);
    codeTensor(coder, this, data, shape, plan);
  }

  /**
   * The same bits, with pauses in a large tensor whose values are coded each for itself
   * by a table, as those of a kernel that nobody has compressed are.
   */
  *encodeInSteps(coder: BitCoder, data: Int32Array, shape: readonly number[], plan: TensorPlan): Generator<void, void> {
    const isByTable = plan.positions === 'dense' && plan.values !== 'raw' && plan.values !== 'bytes';
    if (!isByTable || data.length <= stepSize) return this.encode(coder, data, shape, plan);
    this.list(plan.levels);
    codePlan(coder, this.fields, plan, !!this.old);
    const recorder = new SymbolRecorder(tableContexts);
    yield* this.codeInSteps(unwritten, recorder, data, plan);
    yield* recorder.writeInSteps(coder, this.fields, planFields * numberSlots);
    yield* this.codeInSteps(coder, written, data, plan);
  }

  private *codeInSteps(coder: BitCoder, symbols: SymbolCoder, data: Int32Array, plan: TensorPlan): Generator<void> {
    for (let at = 0; at < data.length; at += stepSize) {
      codeTables(coder, symbols, data.subarray(at, at + stepSize), plan, this);
      yield;
    }
  }

  private list(levels: Int32Array): void {
    this.indices = new Map();
    for (let i = 0; i < levels.length; i++) this.indices.set(levels[i], i);
  }

  /**
   * A copy that codes as this one would, to find out what a plan costs; the two are not
   * to be used at the same time.
   */
  trial(): EncoderState {
    const copy = new EncoderState(this.old);
    copy.fields.p.set(this.fields.p);
    copy.fields.n.set(this.fields.n);
    return copy;
  }

  indexOf(value: number): number {
    return this.indices.get(value)!;
  }

  symbolsFor(data: Elements, zeros: boolean): Uint16Array {
    const symbols = new Uint16Array(data.length);
    for (let i = 0; i < data.length; i++) {
      symbols[i] = zeros && data[i] === 0 ? 0 : (this.indices.get(data[i]) ?? 0) + 1;
    }
    return symbols;
  }

  /** Symbols are taken down in a first run, written, and left out in a second. */
  withTables(coder: BitCoder, run: (coder: BitCoder, symbols: SymbolCoder) => void): void {
    const recorder = new SymbolRecorder(tableContexts);
    run(unwritten, recorder);
    recorder.write(coder, this.fields, planFields * numberSlots);
    run(coder, written);
  }
}

/** Symbols that have been written. */
const written: SymbolCoder = { code: (_context, symbol) => symbol };

/** Marks all nodes above the symbols of a row that are not 0. */
function markHeld(held: Uint8Array, symbols: Uint16Array): void {
  for (let column = 0; column < symbols.length; column++) {
    if (symbols[column] === 0) continue;
    for (let node = held.length / 2 + column; node > 0 && held[node] === 0; node >>= 1) held[node] = 1;
  }
}
