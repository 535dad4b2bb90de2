import type { Weight } from '../graph/Graph.js';
import { type Constant, type Numbers, sizeOf } from './Value.js';

/**
 * Below this part of weights that are not 0, the sparse kernels are faster: measured, see
 * benchmarks/runtime.
 */
const SPARSE = { vector: 0.34, planes: 0.5 };

/** Weights that do not fit into a core's cache. */
const MANY = 2 ** 17;

/** Outputs that Op.sparseVector computes at a time. */
const LANES = 8;

/**
 * Weights as the products take them, [rows = taps × inputs][columns = outputs],
 * row-major. The encodings are constants of the matrix, so that all programs share them.
 */
export class Matrix {
  /** Weights that are not 0. */
  readonly count: number;

  constructor(
    readonly values: Float32Array,
    readonly rows: number,
    readonly columns: number,
  ) {
    if (values.length !== rows * columns || values.length === 0) {
      throw new Error(`expected weights for ${rows} × ${columns}, received ${values.length}.`);
    }
    let count = 0;
    // Not for … of: a model is read once, by code that the engine has not compiled yet.
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
    this.count = count;
  }

  /** Whether the sparse kernel is the faster one: with a vector, or with planes. */
  isSparse(operand: keyof typeof SPARSE): boolean {
    return this.count < SPARSE[operand] * this.values.length;
  }

  private constant(name: string, make: () => Numbers): Constant {
    return { owner: this, name, make };
  }

  /**
   * For Op.sparseVector: outputs in blocks of eight, in the order of their weights'
   * number, filled up to the longest of the block. The last one stands several times
   * where eight do not go into their number.
   */
  blocks(): { weights: Constant; indexes: Constant; blocks: Constant; count: number } {
    const { values, columns } = this;
    const count = Math.ceil(columns / LANES);
    const encode = () => {
      const places: number[][] = Array.from({ length: columns }, () => []);
      let column = 0;
      for (let i = 0; i < values.length; i++) {
        if (values[i] !== 0) places[column].push(i);
        if (++column === columns) column = 0;
      }
      const order = places.map((_, each) => each).sort((a, b) => places[a].length - places[b].length);
      const lanes = Array.from({ length: LANES * count }, (_, i) => order[Math.min(i, columns - 1)]);
      const steps = Array.from({ length: count }, (_, block) => places[lanes[LANES * block + LANES - 1]].length);
      const total = LANES * steps.reduce((a, b) => a + b, 0);
      const [indexes, weights] = [new Uint16Array(total), new Float32Array(total)];
      let start = 0;
      for (let lane = 0; lane < lanes.length; lane++) {
        const own = places[lanes[lane]];
        for (let step = 0, at = start + (lane % LANES); step < own.length; step++, at += LANES) {
          weights[at] = values[own[step]];
          indexes[at] = own[step] / columns;
        }
        if (lane % LANES === LANES - 1) start += LANES * own.length;
      }
      const blocks = Uint16Array.from(
        steps.flatMap((each, block) => [each, ...lanes.slice(LANES * block, LANES * (block + 1))]),
      );
      return { blocks, indexes, weights };
    };
    let encoded: ReturnType<typeof encode> | undefined;
    const part = (name: 'weights' | 'indexes' | 'blocks'): Constant =>
      this.constant(`${name} of blocks`, () => {
        encoded ??= encode();
        return encoded[name];
      });
    return { weights: part('weights'), indexes: part('indexes'), blocks: part('blocks'), count };
  }

  /** Whether Op.sparseVector can count them in 16 bits. */
  get fitsBlocks(): boolean {
    return Math.max(this.rows, this.columns) < 2 ** 16;
  }

  /**
   * Whether the lower 16 bits of all weights are 0, as in powers of two, and there are so
   * many that reading them from memory takes longer than multiplying.
   */
  get isHalf(): boolean {
    const { values } = this;
    if (values.length < MANY) return false;
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) if ((bits[i] & 0xffff) !== 0) return false;
    return true;
  }

  /** For Op.denseVector: rows filled up to a multiple of 4, or their upper halves. */
  padded(isHalf = false): Constant {
    const { values, rows, columns } = this;
    return this.constant(isHalf ? 'halves' : 'padded', () => {
      const width = Math.ceil(columns / 4) * 4;
      const padded = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) padded.set(values.subarray(row * columns, (row + 1) * columns), row * width);
      return isHalf ? new Uint16Array(padded.buffer).filter((_, i) => i % 2 === 1) : padded;
    });
  }

  /**
   * For Op.sparseProduct: by outputs; row r of the matrix lies offsets[r] bytes from x.
   */
  byOutputs(offsets: Uint32Array): { weights: Constant; offsets: Constant; counts: Constant } {
    const { values, rows, columns, count } = this;
    const each = (visit: (row: number, column: number, value: number) => void): void => {
      for (let column = 0; column < columns; column++) {
        for (let row = 0; row < rows; row++) {
          const value = values[row * columns + column];
          if (value !== 0) visit(row, column, value);
        }
      }
    };
    return {
      weights: this.constant('weights by outputs', () => {
        const weights = new Float32Array(count);
        let at = 0;
        each((_, __, value) => {
          weights[at++] = value;
        });
        return weights;
      }),
      counts: this.constant('counts', () => {
        const counts = new Uint32Array(columns);
        each((_, column) => counts[column]++);
        return counts;
      }),
      // Of the program's own: they differ with the sizes of its planes.
      offsets: {
        owner: offsets,
        name: '',
        make: () => {
          const expanded = new Uint32Array(count);
          let at = 0;
          each((row) => {
            expanded[at++] = offsets[row];
          });
          return expanded;
        },
      },
    };
  }

  /** For Op.denseProduct: four outputs side by side. */
  panels(): Constant {
    const { values, rows, columns } = this;
    return this.constant('panels', () => {
      const panels = new Float32Array(Math.ceil(columns / 4) * 4 * rows);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          panels[((column >> 2) * rows + row) * 4 + (column & 3)] = values[row * columns + column];
        }
      }
      return panels;
    });
  }
}

const matrices = new WeakMap<Weight, Matrix>();

/** A kernel [..., outputs] as it is. */
const plain = ({ values, shape }: Weight): Matrix => {
  const columns = shape.at(-1)!;
  return new Matrix(values, sizeOf(shape) / columns, columns);
};

/** The matrix of a weight, made once, always in the same way. */
export function matrixOf(weight: Weight, make = plain): Matrix {
  const matrix = matrices.get(weight) ?? make(weight);
  matrices.set(weight, matrix);
  return matrix;
}
