import type { Weight } from '../graph/Graph.js';
import { placesOf } from '../graph/readWeights.js';
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
  /** Where they are, once that is known. */
  private places: Uint32Array | undefined;

  constructor(
    readonly values: Float32Array,
    readonly rows: number,
    readonly columns: number,
  ) {
    if (values.length !== rows * columns || values.length === 0) {
      throw new Error(`expected weights for ${rows} × ${columns}, received ${values.length}.`);
    }
    this.places = placesOf.get(values);
    let count = 0;
    // Not for … of: a model is read once, by code that the engine has not compiled yet.
    if (!this.places) for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
    this.count = this.places?.length ?? count;
  }

  /** Whether the sparse kernel is the faster one: with a vector, or with planes. */
  isSparse(operand: keyof typeof SPARSE): boolean {
    return this.count < SPARSE[operand] * this.values.length;
  }

  private findPlaces(): Uint32Array {
    const { values, count } = this;
    if (!this.places) {
      this.places = new Uint32Array(count);
      for (let i = 0, end = 0; i < values.length; i++) if (values[i] !== 0) this.places[end++] = i;
    }
    return this.places;
  }

  private constant(name: string, make: () => Numbers): Constant {
    return { owner: this, name, make };
  }

  /**
   * For Op.sparseVector: outputs in blocks of four, in the order of their weights' number,
   * filled up to the longest of the block. The last ones stand twice where four do not go
   * into their number.
   */
  blocks(): { weights: Constant; indexes: Constant; blocks: Constant; count: number } {
    const { values, columns } = this;
    const count = Math.ceil(columns / 4);
    const encode = () => {
      const all = this.findPlaces();
      const counts = new Uint32Array(columns);
      for (let i = 0; i < all.length; i++) counts[all[i] % columns]++;
      const order = [...counts.keys()].sort((a, b) => counts[a] - counts[b]);
      // By lane, four a block, its output, and by output where its next weight goes.
      const lanes = Array.from({ length: 4 * count }, (_, lane) => order[Math.min(lane, columns - 1)]);
      const next = new Uint32Array(columns);
      const blocks = new Uint16Array(5 * count);
      let total = 0;
      for (let block = 0; block < count; block++) {
        const four = lanes.slice(4 * block, 4 * block + 4);
        const steps = counts[four[3]];
        blocks.set([steps, ...four], 5 * block);
        // From the last: an output that stands twice is written to its first lane.
        for (let lane = 3; lane >= 0; lane--) next[four[lane]] = total + lane;
        total += 4 * steps;
      }
      const [indexes, weights] = [new Uint16Array(total), new Float32Array(total)];
      for (let i = 0; i < all.length; i++) {
        const place = all[i];
        const column = place % columns;
        const at = next[column];
        next[column] = at + 4;
        weights[at] = values[place];
        indexes[at] = place / columns;
      }
      for (let lane = columns; lane < 4 * count; lane++) {
        for (let at = total - 4 * counts[order[columns - 1]]; at < total; at += 4) {
          weights[at + (lane & 3)] = weights[at + ((columns - 1) & 3)];
          indexes[at + (lane & 3)] = indexes[at + ((columns - 1) & 3)];
        }
      }
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
