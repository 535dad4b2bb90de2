import type { Weight } from '../graph/Graph.js';
import { type Constant, type Numbers, sizeOf } from './Value.js';

/**
 * Below this part of weights that are not 0, the sparse kernels are faster: measured, see
 * benchmarks/runtime.
 */
const SPARSE = { vector: 0.34, planes: 0.5 };

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
    for (const value of values) if (value !== 0) count++;
    this.count = count;
  }

  /** Whether the sparse kernel is the faster one: with a vector, or with planes. */
  isSparse(operand: keyof typeof SPARSE): boolean {
    return this.count < SPARSE[operand] * this.values.length;
  }

  private constant(name: string, make: () => Numbers): Constant {
    return { owner: this, name, make };
  }

  /** For Op.sparseVector: by inputs. */
  byInputs(): { weights: Constant; indexes: Constant; starts: Constant } {
    const { values, rows, columns, count } = this;
    const fill = <T extends Numbers>(to: T, of: (i: number) => number): T => {
      let at = 0;
      for (let i = 0; i < values.length; i++) if (values[i] !== 0) to[at++] = of(i);
      return to;
    };
    return {
      weights: this.constant('weights by inputs', () => fill(new Float32Array(count), (i) => values[i])),
      indexes: this.constant('indexes', () => fill(new Uint16Array(count), (i) => i % columns)),
      starts: this.constant('starts', () => {
        const starts = new Uint32Array(rows + 1);
        for (let i = 0; i < values.length; i++) if (values[i] !== 0) starts[Math.floor(i / columns) + 1]++;
        for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
        return starts;
      }),
    };
  }

  /** For Op.denseVector: rows filled up to a multiple of 4. */
  padded(): Constant {
    const { values, rows, columns } = this;
    return this.constant('padded', () => {
      const width = Math.ceil(columns / 4) * 4;
      const padded = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) padded.set(values.subarray(row * columns, (row + 1) * columns), row * width);
      return padded;
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
