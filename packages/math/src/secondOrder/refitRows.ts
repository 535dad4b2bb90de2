import { dot, feedbackOf, type Steps } from './factor.js';
import { fitSupport } from './fitSupport.js';

export interface RefitOptions {
  /** Σ x̂ d of each row, d what it has to make up for beside the drift. */
  shortfalls?: readonly Float64Array[];
  /** How much of the change is made, from 0 to 1. Default 1. */
  share?: number;
}

/**
 * Rows of weights for inputs x̂ that have drifted from x: of all rows, those whose
 * products with x̂ come nearest to those of the given rows with x, w + H⁻¹ D w by least
 * squares. So a layer makes up for what compression has done to the layers before it
 * (asymmetric calibration, as in GPTAQ, arXiv:2504.02692). Weights that are 0 stay 0, and
 * the others of their row make up for it.
 *
 * Beside that, the rows can be asked to make up for something else that was measured with
 * x̂ (`shortfalls`), as what the other branch of a sum lacks.
 *
 * ```js
 * const h = Float64Array.of(4, 0, 0, 4);
 * const steps = refitRows(h, h, 2, [Float64Array.of(1, 2)]);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * console.log(step.value[0].join(' ')); // → 2 4
 * ```
 *
 * @param h Σ x̂ x̂ᵀ, [size, size], damped.
 * @param drift D = Σ x̂ (x - x̂)ᵀ, [size, size].
 * @param rows Each of `size` weights; not changed.
 */
export function* refitRows(
  h: Float64Array,
  drift: Float64Array,
  size: number,
  rows: readonly Float64Array[],
  { shortfalls, share = 1 }: RefitOptions = {},
): Steps<Float64Array[]> {
  if (share === 0 || (!shortfalls && drift.every((value) => value === 0))) return [...rows];
  const { columns, diagonal } = yield* feedbackOf(h, size);
  const results: Float64Array[] = [];
  let since = 0;
  for (const [n, row] of rows.entries()) {
    const change = wantedChange(drift, size, row, shortfalls?.[n]);
    // (U + I) D (U + I)ᵀ, one factor after the other.
    for (let j = size - 1; j >= 0; j--) {
      const value = change[j];
      for (let i = 0; i < j; i++) change[i] -= columns[j * size + i] * value;
    }
    for (let j = 0; j < size; j++) change[j] = change[j] / diagonal[j] - dot(columns, j * size, change, 0, j);
    const fitted = row.map((weight, i) => weight + share * change[i]);
    const kept = fitted.map((weight, i) => (row[i] === 0 ? 0 : weight));
    fitSupport(fitted, kept, h, size, 60);
    results.push(kept);
    since += size * size * (row.includes(0) ? 30 : 2);
    if (since > 8e6) {
      since = 0;
      yield;
    }
  }
  return results;
}

/** D w + Σ x̂ d, the right side of the least squares problem. */
function wantedChange(drift: Float64Array, size: number, row: Float64Array, shortfall?: Float64Array): Float64Array {
  return Float64Array.from(row, (_, i) => dot(drift, i * size, row, 0, size) + (shortfall?.[i] ?? 0));
}

/** What refitRows() is given of some of the examples. */
export interface RefitSums {
  h: Float64Array;
  drift: Float64Array;
  rows: readonly Float64Array[];
  shortfalls?: readonly Float64Array[];
}

/**
 * How well the change that one part of the examples asks for serves another part: the
 * share of it that would be best there is the first number by the second. Of what is the
 * same in both it is 1, of chance 0.
 *
 * ```js
 * const h = Float64Array.of(4, 0, 0, 4);
 * const sums = { h, drift: h, rows: [Float64Array.of(1, 2)] };
 * const steps = refitGain(sums, sums, 2);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * console.log(step.value.join(' ')); // → 20 20
 * ```
 *
 * @param a What the change is made of.
 * @param b What it is judged by, with the same rows.
 * @returns Σ s (D w + Σ x̂ d) and Σ s H sᵀ over the rows, s the change.
 */
export function* refitGain(a: RefitSums, b: RefitSums, size: number): Steps<[number, number]> {
  const changed = yield* refitRows(a.h, a.drift, size, a.rows, { shortfalls: a.shortfalls });
  let [gain, power] = [0, 0];
  for (const [n, row] of b.rows.entries()) {
    const change = changed[n].map((weight, i) => weight - row[i]);
    gain += dot(change, 0, wantedChange(b.drift, size, row, b.shortfalls?.[n]), 0, size);
    for (let i = 0; i < size; i++) power += change[i] * dot(b.h, i * size, change, 0, size);
  }
  return [gain, power];
}
