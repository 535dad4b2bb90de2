import { strideCandidates } from './neighborStrides.js';

/** What the weights of a kernel take in a .tfz file, about. */
export interface WeightBits {
  /** Of all of them. */
  total: number;
  /** How many fewer if this weight alone were 0; some save less than none. */
  saved: Float32Array;
}

/** What a prediction by one slot counts for, against a more general one. */
const prior = 4;
const priorInDoubt = 48;

/**
 * About how many bits the coder of .tfz files takes for the weights of a kernel on few
 * levels, and how many of them each weight that is not 0 accounts for. As in the coder, a
 * binary tree stands over the columns of each row, and of every node with a weight other
 * than 0 its halves are told; a level is told knowing the one above it. Probabilities are
 * those of the whole kernel here. What the coder pays to learn them is left out: some 5%
 * in a kernel of a thousand weights, a quarter in one of a hundred.
 *
 * ```js
 * import { weightBits } from '@tfjs-compress/math/internal';
 *
 * const kernel = Float32Array.of(0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5, 0, 0, 0.25, 0.5, 0, 0, 0);
 * const { saved } = weightBits(kernel, [4, 4]);
 * console.log(saved[11] > saved[0]); // → true
 * ```
 *
 * @param values On levels, as they would be stored.
 * @param shape Its last dimension that is not 1 makes the columns.
 * @param stride Rows so far apart are neighbors, besides the next ones. Default: the one
 *   that the fewest bits come with (neighborStride).
 */
export function weightBits(
  values: Float32Array,
  shape: readonly number[],
  stride = neighborStride(values, shape),
): WeightBits {
  const columns = columnsOf(shape);
  const levels = levelCosts(values, columns, stride);
  const tree = new Tree(values, columns, stride);
  const saved = new Float32Array(values.length);
  let total = tree.total();
  for (let at = 0; at < values.length; at++) {
    if (values[at] === 0) continue;
    total += levels[at];
    saved[at] = levels[at] + tree.saved(at);
  }
  return { total, saved };
}

/** The distance of neighboring rows with which a kernel takes the fewest bits. */
export function neighborStride(values: Float32Array, shape: readonly number[]): number {
  const strides = strideCandidates(values, shape, columnsOf(shape));
  const totals = strides.map((stride) => new Tree(values, columnsOf(shape), stride).total());
  return strides[totals.indexOf(Math.min(...totals))];
}

function columnsOf(shape: readonly number[]): number {
  return shape.findLast((size) => size !== 1) ?? 1;
}

/** Of each weight's level, given the one in the row above it or `stride` rows above. */
function levelCosts(values: Float32Array, columns: number, stride: number): Float32Array {
  const index = new Map<number, number>();
  const symbols = Uint16Array.from(values, (value) => {
    if (value === 0) return 0;
    if (!index.has(value)) index.set(value, index.size + 1);
    return index.get(value)!;
  });
  const count = index.size + 1;
  const contextOf = (at: number) => symbols[at - columns] || symbols[at - stride * columns] || 0;
  const seen = new Float64Array(count * count);
  const seenIn = new Float64Array(count);
  const seenAtAll = new Float64Array(count);
  let nonZeros = 0;
  for (let at = 0; at < symbols.length; at++) {
    if (symbols[at] === 0) continue;
    seen[contextOf(at) * count + symbols[at]]++;
    seenIn[contextOf(at)]++;
    seenAtAll[symbols[at]]++;
    nonZeros++;
  }
  return Float32Array.from(symbols, (symbol, at) => {
    if (symbol === 0) return 0;
    const context = contextOf(at);
    const general = seenAtAll[symbol] / nonZeros;
    return -Math.log2((seen[context * count + symbol] + prior * general) / (seenIn[context] + prior));
  });
}

/** The trees over the rows, with what each decision costs. */
class Tree {
  private readonly rows: number;
  private readonly depth: number;
  private readonly width: number;
  /** How many weights a node holds, of each row: 0, 1 or more (2). */
  private readonly held: Uint8Array;
  /** How often each node was empty and held something: by node, and by size and side. */
  private readonly own: Float64Array;
  private readonly general: Float64Array;

  constructor(
    values: Float32Array,
    private readonly columns: number,
    private readonly stride: number,
  ) {
    this.rows = values.length / columns;
    this.depth = 32 - Math.clz32(columns - 1);
    this.width = 1 << this.depth;
    this.held = new Uint8Array(2 * this.rows * this.width);
    this.own = new Float64Array(8 * this.width);
    this.general = new Float64Array(16 * (this.depth + 1));
    for (let at = 0; at < values.length; at++) {
      if (values[at] === 0) continue;
      const [first, leaf] = this.placeOf(at);
      for (let node = leaf; node > 0; node >>= 1) if (this.held[first + node] < 2) this.held[first + node]++;
    }
    this.visit((first, node, shift) => {
      const bit = this.isHeld(first, node);
      this.own[2 * this.ownSlot(first, node) + bit]++;
      this.general[2 * this.generalSlot(first, node, shift) + bit]++;
    });
  }

  total(): number {
    let total = 0;
    this.visit((first, node, shift) => {
      total += this.cost(first, node, shift, this.isHeld(first, node));
    });
    return total;
  }

  /** What is saved at the topmost node that the weight alone is in, and below it. */
  saved(at: number): number {
    const [first, leaf] = this.placeOf(at);
    let node = leaf;
    let shift = 0;
    let bits = 0;
    for (; node > 1 && this.held[first + (node >> 1)] === 1; node >>= 1, shift++) {
      // What is not in the one half is in the other, and need not be told.
      if (node & 1) bits += this.cost(first, node - 1, shift, 0);
      else if (node < this.last(shift)) bits += this.cost(first, node, shift, 1) + this.cost(first, node + 1, shift, 0);
    }
    if (!this.isCoded(first, node, shift)) return bits;
    bits += this.cost(first, node, shift, 1) - this.cost(first, node, shift, 0);
    const isLeft = node > 1 && (node & 1) === 0;
    return isLeft ? bits + this.cost(first, node + 1, shift, 1) : bits;
  }

  /** Where the row of a weight begins in `held`, and its leaf. */
  private placeOf(at: number): [number, number] {
    const row = Math.floor(at / this.columns);
    return [2 * this.width * row, this.width + at - row * this.columns];
  }

  /** Calls `act` for each decision that is coded. */
  private visit(act: (first: number, node: number, shift: number) => void): void {
    for (let row = 0; row < this.rows; row++) {
      const first = 2 * this.width * row;
      for (let shift = this.depth; shift >= 0; shift--) {
        for (let node = this.width >> shift; node <= this.last(shift); node++) {
          const isAsked = node === 1 || this.held[first + (node >> 1)] > 0;
          if (isAsked && this.isCoded(first, node, shift)) act(first, node, shift);
        }
      }
    }
  }

  /** The last node of a size that is not beyond the columns. */
  private last(shift: number): number {
    return (this.width + this.columns - 1) >> shift;
  }

  private isHeld(first: number, node: number): number {
    return this.held[first + node] > 0 ? 1 : 0;
  }

  private isCoded(first: number, node: number, shift: number): boolean {
    if (node === 1) return true;
    return node & 1 ? this.isHeld(first, node - 1) === 1 : node < this.last(shift);
  }

  /** Whether the node held something in rows above: 1 the next one, 2 the far one. */
  private near(first: number, node: number): number {
    const size = 2 * this.width;
    const far = first - this.stride * size;
    return (first > 0 ? this.isHeld(first - size, node) : 0) + (far >= 0 ? 2 * this.isHeld(far, node) : 0);
  }

  private ownSlot(first: number, node: number): number {
    return 2 * node + (this.near(first, node) > 0 ? 1 : 0);
  }

  private generalSlot(first: number, node: number, shift: number): number {
    return 8 * shift + 4 * (node & 1) + this.near(first, node);
  }

  private cost(first: number, node: number, shift: number, bit: number): number {
    const own = 2 * this.ownSlot(first, node);
    const general = 2 * this.generalSlot(first, node, shift);
    const doubt = this.near(first, node) > 0 ? priorInDoubt : prior;
    const [empty, full] = [this.own[own], this.own[own + 1]];
    const likely = (this.general[general + 1] + 0.5) / (this.general[general] + this.general[general + 1] + 1);
    const seen = empty + full;
    const p = likely + (((full + 0.5) / (seen + 1) - likely) * seen) / (seen + doubt);
    return -Math.log2(bit ? p : 1 - p);
  }
}
