import { util } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../SimdKernel.js';

/** 2·x·dy: the gradient of a square. */
export const squareGrad: SimdKernel<unknown, 'x' | 'dy'> = (w, { x, dy }) => {
  const out = w.output(x.shape);
  w.simd.squareGradient(w.address(x), w.address(dy), w.address(out), util.sizeFromShape(x.shape));
  return out;
};
