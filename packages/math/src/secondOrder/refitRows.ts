import { dot, feedbackOf, type Steps } from './factor.js';
import { fitSupport } from './fitSupport.js';

/**
 * Rows of weights for inputs x̂ that have drifted from x: of all rows, those whose products
 * with x̂ come nearest to those of the given rows with x, w + H⁻¹ D w by least squares. So a
 * layer makes up for what compression has done to the layers before it (asymmetric
 * calibration, as in GPTAQ, arXiv:2504.02692). Weights that are 0 stay 0, and the others
 * of their row make up for it.
 *
 * ```js
 * const h = Float64Array.of(2, 0, 0, 2);
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
): Steps<Float64Array[]> {
  if (drift.every((value) => value === 0)) return [...rows];
  const { columns, diagonal } = yield* feedbackOf(h, size);
  const results: Float64Array[] = [];
  let since = 0;
  for (const row of rows) {
    const change = Float64Array.from(row, (_, i) => dot(drift, i * size, row, 0, size));
    // (U + I) D (U + I)ᵀ, one factor after the other.
    for (let j = size - 1; j >= 0; j--) {
      const value = change[j];
      for (let i = 0; i < j; i++) change[i] -= columns[j * size + i] * value;
    }
    for (let j = 0; j < size; j++) change[j] = change[j] / diagonal[j] - dot(columns, j * size, change, 0, j);
    const fitted = row.map((weight, i) => weight + change[i]);
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
