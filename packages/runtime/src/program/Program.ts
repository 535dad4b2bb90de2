import type { Builder } from './Builder.js';
import { encode } from './encode.js';
import type { Memory } from './Memory.js';
import type { Operation, Parameter } from './Operation.js';
import { type Lifetime, plan } from './plan.js';
import { type Buffer, isRows, sizeOf, type Value } from './Value.js';

/** A WebAssembly instance of the kernels with memory of its own. */
export interface Instance {
  memory: Memory;
  /** Runs the program at an address. 0, or what went wrong. */
  run(program: number): number;
}

/** What kernels report. */
const problems: Record<number, string> = {
  1: 'an index is outside of the table of an Embedding',
};

/** One output: its numbers. Several: the numbers by the output's name. */
export type Prediction = Float32Array | Record<string, Float32Array>;

/** A program in memory, for inputs of one shape each. */
export class Program {
  /** One output: its numbers. Several: by name. */
  result!: Prediction;
  private readonly outputs: Float32Array[] = [];
  private memory: ArrayBufferLike | undefined;
  private sources: Float32Array[] = [];
  private targets: Float32Array[] = [];
  private readonly constants: Buffer[];
  private readonly base: number;
  /** The program's address. */
  readonly start: number;
  private readonly bytes: number;

  /**
   * @param inputs Values of the builder, as rows, which the caller writes before each
   *   run.
   * @param results Values of the builder, as rows.
   * @param names Of the results.
   * @throws Error where more than the builder's maxBytes would be needed.
   */
  constructor(
    private readonly instance: Instance,
    builder: Builder,
    private readonly inputs: Value[],
    private readonly results: Value[],
    private readonly names: string[],
  ) {
    const { lifetimes, constants } = lifetimesOf(builder.operations, inputs, results);
    const planned = plan(lifetimes);
    if (planned > builder.maxBytes) {
      throw new Error(
        `the model needs ${planned} bytes for intermediate results, more than maxBytes (${builder.maxBytes}).`,
      );
    }
    const { memory } = instance;
    const undo: (() => void)[] = [];
    try {
      for (const buffer of constants) {
        buffer.address = memory.hold(buffer.constant!);
        undo.push(() => memory.drop(buffer.constant!));
      }
      const { length } = encode(builder.operations);
      // The words follow the buffers.
      this.bytes = planned + Math.ceil(length / 4) * 16;
      this.base = memory.allocate(this.bytes);
      undo.push(() => memory.release(this.base, this.bytes));
      for (const { buffer } of lifetimes) buffer.address += this.base;
      this.start = this.base + planned;
      new Uint32Array(memory.memory.buffer, this.start, length).set(encode(builder.operations));
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
    this.constants = constants;
    for (let i = 0; i < results.length; i++) this.renew(i);
  }

  /**
   * Writes the inputs, runs, and reads the outputs into `result`.
   *
   * @throws Error for what a kernel refuses.
   */
  run(inputs: ArrayLike<number>[]): void {
    const { buffer } = this.instance.memory.memory;
    if (buffer !== this.memory) this.attach(buffer);
    const { sources, targets, outputs } = this;
    for (let i = 0; i < sources.length; i++) sources[i].set(inputs[i]);
    const status = this.instance.run(this.start);
    if (status !== 0) throw new Error(`predict: ${problems[status] ?? `the program ended with status ${status}`}.`);
    for (let i = 0; i < targets.length; i++) {
      // Someone may have transferred it to a worker.
      if (outputs[i].length === 0) this.renew(i);
      outputs[i].set(targets[i]);
    }
  }

  private renew(index: number): void {
    const { outputs, names, results } = this;
    outputs[index] = new Float32Array(sizeOf(results[index].shape));
    this.result = names.length === 1 ? outputs[0] : Object.fromEntries(names.map((name, i) => [name, outputs[i]]));
  }

  /** Gives its memory back. */
  dispose(): void {
    const { memory } = this.instance;
    for (const { constant } of this.constants) memory.drop(constant!);
    memory.release(this.base, this.bytes);
  }

  /** Growing detaches all views. */
  private attach(buffer: ArrayBufferLike): void {
    const view = (v: Value): Float32Array => new Float32Array(buffer, v.buffer.address + v.offset, sizeOf(v.shape));
    this.memory = buffer;
    this.sources = this.inputs.map(view);
    this.targets = this.results.map(view);
  }
}

/** When each buffer is in use. What a loop touches is in use for all of it. */
function lifetimesOf(
  operations: Operation[],
  inputs: Value[],
  results: Value[],
): { lifetimes: Lifetime[]; constants: Buffer[] } {
  const lifetimes = new Map<Buffer, Lifetime>();
  const constants = new Set<Buffer>();
  const touch = (buffer: Buffer, first: number, last: number): void => {
    if (buffer.constant) {
      constants.add(buffer);
      return;
    }
    const known = lifetimes.get(buffer);
    if (!known) lifetimes.set(buffer, { buffer, first, last });
    else known.last = Math.max(known.last, last);
  };
  for (const { buffer } of inputs) touch(buffer, -1, -1);
  let start = 0;
  let end = -1;
  operations.forEach(({ parameters, body }, index) => {
    if (body !== undefined) [start, end] = [index, index + body];
    const [first, last] = index <= end ? [start, end] : [index, index];
    for (const parameter of parameters) if (isAddress(parameter)) touch(parameter.buffer, first, last);
  });
  for (const result of results) {
    if (!isRows(result)) throw new Error('expected results as rows.');
    touch(result.buffer, 0, operations.length);
  }
  return { lifetimes: [...lifetimes.values()], constants: [...constants] };
}

const isAddress = (parameter: Parameter): parameter is Value => typeof parameter === 'object' && 'buffer' in parameter;
