import {
  type MeanAttrs,
  type SumAttrs,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/**
 * Takes sums over the first axes, as the gradients of biases and of batch normalization
 * are.
 */
export const sum: SimdKernel<SumAttrs, 'x'> = (w, { x }, { axis, keepDims }) => sumFirst(w, x, axis, keepDims);

/** Takes means over the first axes, as batch normalization computes them. */
export const mean: SimdKernel<MeanAttrs, 'x'> = (w, { x }, { axis, keepDims }) => {
  const sums = sumFirst(w, x, axis, keepDims);
  if (!sums) return null;
  const values = w.backend.typedArrayFromHeap(sums);
  const count = util.sizeFromShape(x.shape) / values.length;
  for (let i = 0; i < values.length; i++) values[i] /= count;
  return sums;
};

function sumFirst(w: Workspace, x: TensorInfo, axis: number | number[], keepDims: boolean): TensorInfo | null {
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const count = axes.length;
  if (count === 0 || count === x.shape.length || axes[count - 1] !== count - 1 || !areFloats(x)) return null;
  const kept = x.shape.slice(count);
  const [m, n] = [util.sizeFromShape(x.shape.slice(0, count)), util.sizeFromShape(kept)];
  const sums = w.output(keepDims ? [...axes.map(() => 1), ...kept] : kept);
  w.simd.sumRows(w.address(x), w.address(sums), w.scratch(4 * n), m, n);
  return sums;
}

export const unsortedSegmentSum: SimdKernel<UnsortedSegmentSumAttrs, 'x' | 'segmentIds'> = (
  w,
  { x, segmentIds },
  { numSegments },
) => {
  const [rows, ...rest] = x.shape;
  const fits = segmentIds.shape.length === 1 && segmentIds.shape[0] === rows && segmentIds.dtype === 'int32';
  if (!fits || !areFloats(x)) return null;
  const sums = w.output([numSegments, ...rest]);
  const addresses = [x, segmentIds, sums].map((tensor) => w.address(tensor));
  w.simd.sumSegments(addresses[0], addresses[1], addresses[2], rows, util.sizeFromShape(rest), numSegments);
  return sums;
};
