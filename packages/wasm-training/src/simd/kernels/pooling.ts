import type { AvgPoolGradAttrs, MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { geometryArguments, isOutputOf, poolGeometry } from '../ConvGeometry.js';
import { areFloats, type SimdKernel } from '../SimdKernel.js';

export const maxPoolGrad: SimdKernel<MaxPoolGradAttrs, 'dy' | 'input'> = (w, { dy, input }, attrs) => {
  if (!areFloats(dy, input)) return null;
  const pool = poolGeometry(input.shape, attrs.filterSize, attrs);
  if (!isOutputOf(pool, dy.shape)) return null;
  const dx = w.output(input.shape);
  w.simd.maxPoolGradient(w.address(input), w.address(dy), w.address(dx), ...geometryArguments(pool));
  return dx;
};

export const avgPoolGrad: SimdKernel<AvgPoolGradAttrs, 'dy' | 'input'> = (w, { dy, input }, attrs) => {
  if (!areFloats(dy, input)) return null;
  const pool = poolGeometry(input.shape, attrs.filterSize, attrs);
  if (!isOutputOf(pool, dy.shape)) return null;
  const dx = w.output(input.shape);
  w.simd.avgPoolGradient(w.address(dy), w.address(dx), ...geometryArguments(pool));
  return dx;
};
