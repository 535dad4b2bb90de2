import { type TransposeAttrs, util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';

/**
 * Takes permutations that swap two neighbouring groups of axes, none of which follow:
 * matrices, or batches of them.
 */
export const transpose: SimdKernel<TransposeAttrs, 'x'> = (w, { x }, { perm }) => {
  if (!areFloats(x)) return null;
  const order = perm.filter((axis) => x.shape[axis] > 1);
  const axes = [...order].sort((a, b) => a - b);
  const fixed = order.findIndex((axis, i) => axis !== axes[i]);
  if (fixed < 0) return null;
  const start = axes.indexOf(order[fixed]);
  const swapped = [...axes.slice(0, fixed), ...axes.slice(start), ...axes.slice(fixed, start)];
  if (swapped.some((axis, i) => axis !== order[i])) return null;
  const size = (some: number[]) => util.sizeFromShape(some.map((axis) => x.shape[axis]));
  const [count, m, n] = [size(axes.slice(0, fixed)), size(axes.slice(fixed, start)), size(axes.slice(start))];
  const out = w.output(perm.map((axis) => x.shape[axis]));
  w.simd.transposeMatrices(w.address(x), w.address(out), count, m, n);
  return out;
};
