import { FREE, PRUNED, pruneToSparsity } from '@tfjs-compress/math';

/**
 * The values with the smallest ones 0, so that `sparsity` of all are; of equal ones, the
 * last go first.
 */
export function pruned(values: Float32Array, sparsity: number): Float32Array {
  const states = new Uint8Array(values.length).fill(FREE);
  pruneToSparsity(values, states, sparsity);
  return values.map((value, i) => (states[i] === PRUNED ? 0 : value));
}
