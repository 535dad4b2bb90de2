import { dot, type Feedback, feedbackOf, type Steps } from './factor.js';

/** From a number to the nearest level. */
export type Nearest = (value: number) => number;

/**
 * A row of weights, one output's, rounded: what is used in its place is scale × levels.
 */
export interface RoundedRow {
  levels: Float64Array;
  scale: number;
  /** (w - q) H (w - q)ᵀ */
  error: number;
}

export interface RoundRowsOptions {
  /** Scales to choose from, by row; 1 alone where left out. */
  scales?: (row: Float64Array) => number[];
  /**
   * Sweeps of coordinate descent after the rounding with feedback, at most. Default 30.
   */
  sweeps?: number;
}

/**
 * Rounds rows of weights so that what they compute changes as little as can be: one input
 * after the other, in the order of their power, the error so far made up for by those
 * that are left (GPTQ, arXiv:2210.17323, Eq. 2 and 3; in the form of QuIP,
 * arXiv:2307.13304, Eq. 2: q_j = Q(w_j - Σ_{i<j} (q_i - w_i) U_ij)). A row that is nearer
 * with each weight rounded by itself is rounded so. Then single weights move to other
 * levels while that lessens the error (coordinate descent, as QuantEase,
 * arXiv:2309.01885, Eq. 5). Weights that are 0 stay 0, so that what was pruned is still
 * pruned.
 *
 * ```js
 * const steps = roundRows(Float64Array.of(2, 1, 1, 2), 2, [Float64Array.of(0.6, 0.2)], Math.round);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * console.log(step.value[0].levels.every(Number.isInteger)); // → true
 * ```
 *
 * @param h Σ x xᵀ over the inputs that the rows are multiplied with, [size, size],
 *   damped.
 * @param rows Each of `size` weights.
 * @param nearest The levels, in units of a row's scale.
 */
export function* roundRows(
  h: Float64Array,
  size: number,
  rows: readonly Float64Array[],
  nearest: Nearest,
  { scales = () => [1], sweeps = 30 }: RoundRowsOptions = {},
): Steps<RoundedRow[]> {
  const order = byPower(h, size);
  const sorted = permuted(h, size, order);
  const feedback = yield* feedbackOf(sorted, size);
  const results: RoundedRow[] = [];
  const work = new Float64Array(size);
  let since = 0;
  for (const row of rows) {
    const weights = Float64Array.from(order, (i) => row[i]);
    let best: RoundedRow | undefined;
    const candidates = scales(row);
    const consider = (scale: number, isPlain: boolean) => {
      const levels = new Float64Array(size);
      const error = roundRow(weights, feedback, scale, nearest, levels, work, isPlain);
      if (!best || error < best.error) best = { levels, scale, error };
      return best;
    };
    for (const scale of candidates) consider(scale, false);
    const begin = consider(best!.scale, true);
    const { levels, scale, error } = refined(weights, sorted, size, nearest, begin, sweeps, candidates.length > 1);
    const inPlace = new Float64Array(size);
    for (let i = 0; i < size; i++) inPlace[order[i]] = levels[i];
    results.push({ levels: inPlace, scale, error });
    since += size * size * (2 + candidates.length / 2);
    if (since > 8e6) {
      since = 0;
      yield;
    }
  }
  return results;
}

/**
 * Rounds into `levels`, with feedback or (plain) each weight by itself. Returns the
 * error.
 */
function roundRow(
  weights: Float64Array,
  { size, columns, diagonal }: Feedback,
  scale: number,
  nearest: Nearest,
  levels: Float64Array,
  errors: Float64Array,
  isPlain: boolean,
): number {
  let sum = 0;
  for (let j = 0; j < size; j++) {
    const wanted = weights[j] - dot(columns, j * size, errors, 0, j);
    // + 0: never -0.
    const level = weights[j] === 0 ? 0 : nearest((isPlain ? weights[j] : wanted) / scale) + 0;
    levels[j] = level;
    errors[j] = level * scale - weights[j];
    sum += diagonal[j] * (level * scale - wanted) ** 2;
  }
  return sum;
}

/**
 * Coordinate descent; where the scale is free, it is fitted by least squares before each
 * sweep and after the last. H w and H p are kept, so that a sweep costs little more than
 * its changes.
 */
function refined(
  w: Float64Array,
  h: Float64Array,
  size: number,
  nearest: Nearest,
  { levels: p, scale: begin }: RoundedRow,
  sweeps: number,
  isFree: boolean,
): RoundedRow {
  let scale = begin;
  const [hw, hp] = [times(h, size, w), times(h, size, p)];
  const fit = () => {
    const fitted = dot(p, 0, hw, 0, size) / dot(p, 0, hp, 0, size);
    if (isFree && fitted > 0 && Number.isFinite(fitted)) scale = fitted;
  };
  for (let sweep = 0, changes = 1; sweep < sweeps && changes > 0; sweep++) {
    fit();
    changes = 0;
    for (let j = 0; j < size; j++) {
      if (w[j] === 0) continue;
      const at = j * size;
      const best = p[j] + (hw[j] / scale - hp[j]) / h[at + j];
      // + 0: never -0.
      const next = nearest(best) + 0;
      const step = next - p[j];
      // Rounding of the sums must not let a weight go to and fro between two levels.
      if (step === 0 || Math.abs(best - next) >= Math.abs(best - p[j])) continue;
      p[j] = next;
      for (let i = 0; i < size; i++) hp[i] += step * h[at + i];
      changes++;
    }
  }
  fit();
  const error = dot(w, 0, hw, 0, size) - 2 * scale * dot(p, 0, hw, 0, size) + scale ** 2 * dot(p, 0, hp, 0, size);
  return { levels: p, scale, error: Math.max(0, error) };
}

function times(h: Float64Array, size: number, x: Float64Array): Float64Array {
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) result[i] = dot(h, i * size, x, 0, size);
  return result;
}

/** The inputs, the one of the largest power first (act-order). */
function byPower(h: Float64Array, size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => i).sort((a, b) => h[b * size + b] - h[a * size + a] || a - b);
}

function permuted(h: Float64Array, size: number, order: Int32Array): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const from = order[i] * size;
    for (let j = 0; j < size; j++) result[i * size + j] = h[from + order[j]];
  }
  return result;
}
