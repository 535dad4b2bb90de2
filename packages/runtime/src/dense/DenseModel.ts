import { elementwise, softmaxOf } from '../program/activations.js';
import type { Kernels } from '../program/loadKernels.js';
import * as Op from '../program/Op.js';
import * as Unary from '../program/Unary.js';
import { type Constant, sizeOf } from '../program/Value.js';
import type { Chain } from './readChain.js';

/**
 * So many programs are kept, each for another number of examples; then all are made anew.
 */
const KEPT = 4;
/** No address is 0. */
const START = 64;
const PAGE = 65_536;

/** A program in memory. */
interface Plan {
  count: number;
  program: number;
  input: number;
  output: number;
  /** Numbers of the output. */
  size: number;
  result: Float32Array;
  /** Of the memory that there was at the last call: growing detaches all views. */
  views?: { buffer: ArrayBufferLike; source: Float32Array; target: Float32Array };
}

/** An input or output of a model; a size that is null is free. */
export interface TensorInfo {
  name: string;
  shape: (number | null)[];
  dtype: string;
}

/** A net of dense layers that is ready to run: see loadModel. */
export class DenseModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  private plans: Plan[] = [];
  private top = START;
  /** Numbers of one example. */
  private readonly size: number;

  constructor(
    private readonly chain: Chain,
    private kernels: Kernels | undefined,
    private readonly maxBytes = 2 ** 30,
  ) {
    const { name, shape, inner, steps, width } = chain;
    const dtype = 'float32';
    this.size = sizeOf(shape.slice(1) as number[]);
    if (4 * this.size * (shape[0] ?? 1) > maxBytes)
      throw new Error(`the model needs more than maxBytes (${maxBytes}).`);
    this.inputs = [{ name, shape, dtype }];
    this.outputs = [{ name: steps.at(-1)?.name ?? name, shape: [shape[0], ...inner, width], dtype }];
  }

  /**
   * The output for a batch of examples. The array returned belongs to the model: the next
   * call for as many examples writes into it. Copy what must stay (`prediction.slice()`).
   *
   * @param input The numbers of the examples, one after the other. How many there are
   *   follows from the length.
   * @throws Error for numbers that are not those of whole examples.
   */
  predict(input: ArrayLike<number>): Float32Array {
    const { plans, kernels } = this;
    if (!kernels) throw new Error('predict: the model is disposed.');
    const count = input?.length;
    let plan: Plan | undefined;
    for (const one of plans) if (one.count === count) plan = one;
    plan ??= this.plan(count, kernels.memory);
    const { buffer } = kernels.memory;
    let { views } = plan;
    if (!views || views.buffer !== buffer) {
      const [source, target] = [
        new Float32Array(buffer, plan.input, count),
        new Float32Array(buffer, plan.output, plan.size),
      ];
      plan.views = views = { buffer, source, target };
    }
    views.source.set(input);
    kernels.run(plan.program);
    // Someone may have transferred it to a worker.
    if (plan.result.length === 0) plan.result = new Float32Array(plan.size);
    plan.result.set(views.target);
    return plan.result;
  }

  /** Frees the memory of the model, which cannot be used any longer. */
  dispose(): void {
    this.kernels = undefined;
    this.plans = [];
  }

  /**
   * Puts weights, buffers and operations for so many numbers into memory, one behind the
   * other.
   */
  private plan(count: number, memory: WebAssembly.Memory): Plan {
    const { size, chain, maxBytes } = this;
    const { name, shape, steps, depth } = chain;
    const batch = count / size;
    if (!(Number.isInteger(batch) && batch > 0 && (shape[0] ?? batch) === batch)) {
      const multiple = shape[0] === null ? ' or a multiple of that' : '';
      throw new Error(
        `predict: input '${name}' of shape [${shape.map(String)}]: expected ${size * (shape[0] ?? 1)} numbers${multiple}, received ${count}.`,
      );
    }
    if (this.plans.length === KEPT) {
      this.plans = [];
      this.top = START;
    }
    const take = (bytes: number): number => {
      const address = this.top;
      // Kernels read and write whole vectors, and up to one more.
      this.top += Math.ceil(bytes / 16) * 16 + 16;
      const pages = Math.ceil((this.top - memory.buffer.byteLength) / PAGE);
      if (this.top > maxBytes) throw new Error(`the model needs more than maxBytes (${maxBytes}).`);
      if (pages > 0) memory.grow(pages);
      return address;
    };
    const put = (numbers: Float32Array | Uint32Array | Uint16Array): number => {
      const address = take(numbers.byteLength);
      new Uint8Array(memory.buffer, address).set(
        new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
      );
      return address;
    };
    const made = ({ make }: Constant): number => put(make());
    const words: number[] = [];
    const op = (code: number, ...parameters: number[]): void => void words.push(code, parameters.length, ...parameters);
    const bits = (float: number): number => new Uint32Array(Float32Array.of(float).buffer)[0];
    /**
     * Rows that the layers multiply, and bytes from an element of a row to the next: more
     * rows than one lie in planes.
     */
    const pixels = count / depth;
    const step = pixels === 1 ? 4 : Math.ceil(pixels / 4) * 16;
    let columns = depth;
    const input = take(4 * count);
    let x = input;
    const transposed = (to: number[], from: number[]): void => {
      const y = take(to[0] * to[1]);
      op(Op.copy, x, y, 0, 0, 2, ...from);
      x = y;
    };
    if (pixels > 1) transposed([columns, step], [columns, 4, step, pixels, 4 * columns, 4]);
    for (const { matrix, bias, activation } of steps) {
      const softmax = softmaxOf(activation);
      const { kind, a, b } = elementwise(softmax ? 'linear' : activation);
      const isClamp = kind === Unary.clamp;
      if (matrix) {
        columns = matrix.columns;
        const y = take(step * (columns + 4));
        const limits = isClamp ? [bits(a), bits(b)] : [bits(-Infinity), bits(Infinity)];
        const summand = bias ? put(bias) : 0;
        const { rows } = matrix;
        if (pixels > 1) {
          const offsets = Uint32Array.from({ length: rows }, (_, row) => row * step);
          const end = [step / 16, step, ...limits];
          if (matrix.isSparse('planes')) {
            const by = matrix.byOutputs(offsets);
            op(
              Op.sparseProduct,
              x,
              y,
              made(by.weights),
              made(by.offsets),
              made(by.counts),
              summand,
              0,
              0,
              columns,
              ...end,
            );
          } else op(Op.denseProduct, x, y, made(matrix.panels()), put(offsets), summand, 0, 0, columns, rows, ...end);
        } else if (matrix.isSparse('vector') && matrix.fitsBlocks) {
          const { weights, indexes, blocks, count } = matrix.blocks();
          op(Op.sparseVector, x, y, made(weights), made(indexes), made(blocks), summand, count, ...limits);
        } else op(Op.denseVector, x, y, made(matrix.padded()), summand, rows, Math.ceil(columns / 4) * 4, ...limits);
        x = y;
      }
      const total = (step / 4) * columns;
      if (softmax) op(Op.softmax, softmax.log, x, x, 1, pixels, 4, 4, columns, step, step);
      else if (kind !== Unary.linear && !(matrix && isClamp)) op(Op.unary, kind, x, x, total, bits(a), bits(b));
    }
    if (pixels > 1) transposed([pixels, 4 * columns], [pixels, 4, 4 * columns, columns, step, 4]);
    const plan = {
      count,
      program: put(Uint32Array.from([...words, 0, 0])),
      input,
      output: x,
      size: pixels * columns,
      result: new Float32Array(pixels * columns),
    };
    this.plans.push(plan);
    return plan;
  }
}
