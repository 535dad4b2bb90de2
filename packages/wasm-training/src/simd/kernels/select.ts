import { util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';

/** Takes a condition of the shape of both alternatives. */
export const select: SimdKernel<unknown, 'condition' | 't' | 'e'> = (w, { condition, t, e }) => {
  if (condition.dtype !== 'bool' || !areFloats(t, e) || !util.arraysEqual(condition.shape, t.shape)) return null;
  const out = w.output(t.shape);
  const count = util.sizeFromShape(t.shape);
  w.simd.selectElements(w.address(condition), w.address(t), w.address(e), w.address(out), count);
  return out;
};
