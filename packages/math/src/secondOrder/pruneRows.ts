import { check } from '../checks.js';
import { FREE, PRUNED, pruneToSparsity } from '../partition.js';
import { feedbackOf, inverseDiagonal, type Steps } from './factor.js';
import { fitSupport } from './fitSupport.js';

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

/**
 * In so many rounds weights are pruned; after each, those that are left make up for it.
 */
const rounds = 8;

/**
 * Sets a share of the weights of some rows to 0, those whose loss changes least what the
 * rows compute, and lets the others make up for them. The saliency is that of Optimal
 * Brain Surgeon, w² / [H⁻¹]_jj (OBC, arXiv:2208.11580, Eq. 3), over all rows of all
 * groups together; what is left is the least squares solution of its row (Eq. 3's update,
 * for all pruned weights at once), by conjugate gradients.
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
 * @param sparsity The share that is 0 afterwards, from 0 to below 1; weights that are 0
 *   stay so.
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
