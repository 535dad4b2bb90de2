import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/**
 * Takes a + b where b has one value for each value of the last axis of a, as a bias has.
 */
export const add: SimdKernel<unknown, 'a' | 'b'> = (w, { a, b }) => combine(w, a, b, true);

/** Takes a − b of such a b, as the mean of a batch is. */
export const sub: SimdKernel<unknown, 'a' | 'b'> = (w, { a, b }) => combine(w, a, b, false);

/** (a − 0)·1 + b or (a − b)·1 + 0, neither of which rounds more than once. */
function combine(w: Workspace, a: TensorInfo, b: TensorInfo, isSum: boolean): TensorInfo | null {
  const n = a.shape[a.shape.length - 1];
  const isRow =
    b.shape.length <= a.shape.length && b.shape[b.shape.length - 1] === n && util.sizeFromShape(b.shape) === n;
  const rows = util.sizeFromShape(a.shape) / n;
  if (!isRow || n === 1 || rows === 1 || !areFloats(a, b)) return null;
  const out = w.output(a.shape);
  const [zeros, ones, row] = [w.scratch(4 * n), w.scratch(4 * n), w.address(b)];
  w.fill(zeros, new Float32Array(n));
  w.fill(ones, new Float32Array(n).fill(1));
  const [means, terms] = isSum ? [zeros, row] : [row, zeros];
  w.simd.normalizeColumns(w.address(a), means, ones, terms, w.address(out), rows, n);
  return out;
}
