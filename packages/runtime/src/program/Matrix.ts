import type { Weight } from '../graph/Graph.js';
import { type ColumnLists, columnListsOf } from '../graph/readWeights.js';
import { type Constant, type Numbers, sizeOf } from './Value.js';

/**
 * Below this part of weights that are not 0, the sparse kernels are faster: measured, see
 * benchmarks/runtime.
 */
const SPARSE = { vector: 0.34, planes: 0.5 };

/** Outputs that Op.sparseVector computes at a time. */
const LANES = 8;

/** By outputs, and where in `places` an output's begin. */
interface Sparse extends ColumnLists {
  starts: Uint32Array;
}

/**
 * Weights as the products take them, [rows = taps × inputs][columns = outputs],
 * row-major. The encodings are constants of the matrix, so that all programs share them.
 */
export class Matrix {
  /** Weights that are not 0. */
  readonly count: number;
  private found?: Sparse;

  constructor(
    readonly values: Float32Array,
    readonly rows: number,
    readonly columns: number,
  ) {
    if (values.length !== rows * columns || values.length === 0) {
      throw new Error(`expected weights for ${rows} × ${columns}, received ${values.length}.`);
    }
    const known = this.known;
    let count = 0;
    // Not for … of: a model is read once, by code that the engine has not compiled yet.
    if (!known) for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
    this.count = known?.places.length ?? count;
  }

  /** Whether the sparse kernel is the faster one: with a vector, or with planes. */
  isSparse(operand: keyof typeof SPARSE): boolean {
    return this.count < SPARSE[operand] * this.values.length;
  }

  /** What was found as the file was decoded, if these columns are the weight's. */
  private get known(): ColumnLists | undefined {
    const lists = columnListsOf.get(this.values);
    return lists?.counts.length === this.columns ? lists : undefined;
  }

  private sparse(): Sparse {
    if (this.found) return this.found;
    const { values, columns, count } = this;
    const { known } = this;
    const counts = known?.counts ?? new Uint32Array(columns);
    if (!known) for (let i = 0; i < values.length; i++) if (values[i] !== 0) counts[i % columns]++;
    const starts = new Uint32Array(columns);
    for (let i = 1; i < columns; i++) starts[i] = starts[i - 1] + counts[i - 1];
    const places = known?.places ?? new Uint32Array(count);
    const next = starts.slice();
    if (!known) for (let i = 0; i < values.length; i++) if (values[i] !== 0) places[next[i % columns]++] = i;
    this.found = { counts, places, starts };
    return this.found;
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
      const { places, starts, counts } = this.sparse();
      const order = [...counts.keys()].sort((a, b) => counts[a] - counts[b]);
      const lanes = Array.from({ length: LANES * count }, (_, lane) => order[Math.min(lane, columns - 1)]);
      const longest = lanes.filter((_, lane) => lane % LANES === LANES - 1);
      const total = longest.reduce((sum, column) => sum + LANES * counts[column], 0);
      const [indexes, weights] = [new Uint16Array(total), new Float32Array(total)];
      for (let lane = 0, at = 0; lane < lanes.length; lane++) {
        const column = lanes[lane];
        const [start, end] = [starts[column], starts[column] + counts[column]];
        for (let i = start, to = at + (lane % LANES); i < end; i++, to += LANES) {
          const place = places[i];
          weights[to] = values[place];
          indexes[to] = place / columns;
        }
        if (lane % LANES === LANES - 1) at += LANES * counts[column];
      }
      const blocks = longest.flatMap((column, i) => [counts[column], ...lanes.slice(LANES * i, LANES * (i + 1))]);
      return { blocks: Uint16Array.from(blocks), indexes, weights };
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
    const { values, columns } = this;
    return {
      weights: this.constant('weights by outputs', () => {
        const { places } = this.sparse();
        const weights = new Float32Array(places.length);
        for (let i = 0; i < places.length; i++) weights[i] = values[places[i]];
        return weights;
      }),
      counts: this.constant('counts', () => this.sparse().counts),
      // Of the program's own: they differ with the sizes of its planes.
      offsets: {
        owner: offsets,
        name: '',
        make: () => this.sparse().places.map((i) => offsets[Math.floor(i / columns)]),
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
