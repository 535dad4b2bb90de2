import { check } from '../checks.js';
import { FREE, PRUNED, pruneToSparsity } from '../partition.js';
import { dot, feedbackOf, inverseDiagonal, type Steps } from './factor.js';

/** Rows of weights that are multiplied with the same inputs. */
export interface RowGroup {
  /** Σ x xᵀ over the inputs, [size, size], damped. */
  h: Float64Array;
  size: number;
  /** Each of `size` weights. */
  rows: readonly Float64Array[];
  /** How much an error of each row's output weighs; 1 where left out. */
  importance?: ArrayLike<number>;
}

/** In so many rounds weights are pruned; after each, those that are left make up for it. */
const rounds = 8;

/**
 * Sets a share of the weights of some rows to 0, those whose loss changes least what the
 * rows compute, and lets the others make up for them. The saliency is that of Optimal Brain
 * Surgeon, w² / [H⁻¹]_jj (OBC, arXiv:2208.11580, Eq. 3), over all rows of all groups
 * together; what is left is the least squares solution of its row (Eq. 3's update, for all
 * pruned weights at once), by conjugate gradients.
 *
 * ```js
 * const group = { h: Float64Array.of(2, 1, 1, 2), size: 2, rows: [Float64Array.of(1, 0.1)] };
 * const steps = pruneRows([group], 0.5);
 * let step = steps.next();
 * while (!step.done) step = steps.next();
 * console.log(step.value[0][0].filter((weight) => weight !== 0).length); // → 1
 * ```
 *
 * @param groups Not changed.
 * @param sparsity The share that is 0 afterwards, from 0 to below 1; weights that are 0 stay so.
 * @returns The rows as pruned, by group.
 * @throws ArgumentError for a sparsity out of range.
 */
export function* pruneRows(groups: readonly RowGroup[], sparsity: number): Steps<Float64Array[][]> {
  check(sparsity >= 0 && sparsity < 1, 'sparsity', 'a share from 0 to below 1', sparsity);
  const inverses: Float64Array[] = [];
  for (const { h, size } of groups) inverses.push(yield* inverseDiagonal(yield* feedbackOf(h, size)));
  const results = groups.map(({ rows }) => rows.map((row) => row.slice()));
  const saliency = new Float32Array(groups.reduce((sum, { rows, size }) => sum + rows.length * size, 0));
  const states = new Uint8Array(saliency.length);
  let since = 0;
  for (let round = 1; round <= rounds; round++) {
    // Many at first, when they are easy to do without, few at the end.
    const share = sparsity * (1 - (1 - round / rounds) ** 3);
    let at = 0;
    for (const [g, { size, importance }] of groups.entries())
      for (const [n, row] of results[g].entries())
        for (let j = 0; j < size; j++) saliency[at++] = ((importance?.[n] ?? 1) * row[j] ** 2) / inverses[g][j];
    pruneToSparsity(saliency, states.fill(FREE), share);
    at = 0;
    for (const [g, { h, size, rows }] of groups.entries()) {
      for (const [n, row] of results[g].entries()) {
        for (let j = 0; j < size; j++) if (states[at++] === PRUNED) row[j] = 0;
        fitSupport(rows[n], row, h, size, round === rounds ? 60 : 12);
        since += size * size * 12;
        if (since > 1e7) {
          since = 0;
          yield;
        }
      }
    }
  }
  return results;
}

/**
 * Makes (w - q) H (w - q)ᵀ least over the weights of q that are not 0, beginning with those
 * that are there.
 */
function fitSupport(w: Float64Array, q: Float64Array, h: Float64Array, size: number, iterations: number): void {
  const support: number[] = [];
  for (let j = 0; j < size; j++) if (q[j] !== 0) support.push(j);
  const count = support.length;
  if (count === size || count === 0) return;
  const sub = new Float64Array(count * count);
  const x = new Float64Array(count);
  const residual = new Float64Array(count);
  const difference = w.map((value, i) => value - q[i]);
  for (let i = 0; i < count; i++) {
    const row = support[i] * size;
    for (let j = 0; j < count; j++) sub[i * count + j] = h[row + support[j]];
    residual[i] = dot(h, row, difference, 0, size);
  }
  const scaled = new Float64Array(count);
  const precondition = () => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      scaled[i] = residual[i] / sub[i * count + i];
      sum += scaled[i] * residual[i];
    }
    return sum;
  };
  let power = precondition();
  const enough = power * 1e-10;
  const direction = scaled.slice();
  const image = new Float64Array(count);
  for (let step = 0; step < iterations && power > enough; step++) {
    for (let i = 0; i < count; i++) image[i] = dot(sub, i * count, direction, 0, count);
    const length = power / dot(direction, 0, image, 0, count);
    if (!(length > 0) || !Number.isFinite(length)) break;
    for (let i = 0; i < count; i++) {
      x[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    const next = precondition();
    for (let i = 0; i < count; i++) direction[i] = scaled[i] + (next / power) * direction[i];
    power = next;
  }
  for (let i = 0; i < count; i++) q[support[i]] += x[i];
}
