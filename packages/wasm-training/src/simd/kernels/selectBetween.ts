import { util } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../SimdKernel.js';

export interface SelectBetweenAttrs {
  low: number;
  high: number;
}

/** dy where low ≤ x ≤ high, else 0: the gradient of a rectifier or of clipping. */
export const selectBetween: SimdKernel<SelectBetweenAttrs, 'x' | 'dy'> = (w, { x, dy }, { low, high }) => {
  const out = w.output(x.shape);
  w.simd.selectBetween(w.address(x), w.address(dy), w.address(out), util.sizeFromShape(x.shape), low, high);
  return out;
};
