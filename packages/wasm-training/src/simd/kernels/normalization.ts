import { type FusedBatchNormAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/**
 * Takes means, variances and so on for each value of the last axis, as layers have them.
 */
export const fusedBatchNorm: SimdKernel<FusedBatchNormAttrs, 'x' | 'mean' | 'variance', 'scale' | 'offset'> = (
  w,
  { x, mean, variance, scale, offset },
  { varianceEpsilon },
) => {
  const given = [mean, variance, scale, offset].filter((tensor) => tensor != null);
  if (!areFloats(x) || !given.every((tensor) => isForColumns(x, tensor))) return null;
  const n = mean.shape[0];
  const out = w.output(x.shape);
  const [factors, terms] = [w.scratch(4 * n), w.scratch(4 * n)];
  w.fill(factors, inverseDeviations(w, variance, scale, varianceEpsilon));
  w.fill(terms, offset ? valuesOf(w, offset) : new Float32Array(n));
  const rows = util.sizeFromShape(x.shape) / n;
  w.simd.normalizeColumns(w.address(x), w.address(mean), factors, terms, w.address(out), rows, n);
  return out;
};

/**
 * Of a batch normalization: the gradients of x, mean, variance, scale and offset, from
 * two passes over dy.
 */
export const fusedBatchNormGrad: SimdKernel<FusedBatchNormAttrs, 'x' | 'dy' | 'mean' | 'variance', 'scale'> = (
  w,
  { x, dy, mean, variance, scale },
  { varianceEpsilon },
) => {
  const n = mean.shape[0];
  const rows = util.sizeFromShape(x.shape) / n;
  const dx = w.output(x.shape);
  const [dMean, dVariance, dScale, dOffset] = Array.from({ length: 4 }, () => w.output([n]));
  const [factors, zeros, sums] = [w.scratch(4 * n), w.scratch(4 * n), w.scratch(8 * n)];
  const address = (tensor: TensorInfo) => w.address(tensor);
  const [ofX, ofDy] = [address(x), address(dy)];
  // Σ dy is the gradient of the offset; Σ dy·(x − mean), put in the place of the scale's,
  // is a multiple of it.
  w.simd.sumCenteredProducts(ofX, address(mean), ofDy, address(dOffset), address(dScale), sums, rows, n);
  const inverse = inverseDeviations(w, variance, undefined, varianceEpsilon);
  const scaled = inverseDeviations(w, variance, scale, varianceEpsilon);
  const [total, products] = [valuesOf(w, dOffset), valuesOf(w, dScale)];
  w.fill(
    address(dMean),
    total.map((sum, i) => -scaled[i] * sum),
  );
  w.fill(
    address(dVariance),
    products.map((sum, i) => -0.5 * scaled[i] * inverse[i] ** 2 * sum),
  );
  w.fill(
    address(dScale),
    products.map((sum, i) => inverse[i] * sum),
  );
  w.fill(factors, scaled);
  w.fill(zeros, new Float32Array(n));
  w.simd.normalizeColumns(ofDy, zeros, factors, zeros, address(dx), rows, n);
  return [dx, dMean, dVariance, dScale, dOffset];
};

/** Whether the tensor has one value for each value of the last axis of x. */
export function isForColumns(x: TensorInfo, tensor: TensorInfo): boolean {
  return areFloats(tensor) && tensor.shape.length === 1 && tensor.shape[0] === x.shape[x.shape.length - 1];
}

/** scale / √(variance + ε). */
function inverseDeviations(w: Workspace, variance: TensorInfo, scale: TensorInfo | undefined, epsilon: number) {
  const scales = scale && valuesOf(w, scale);
  return valuesOf(w, variance).map((value, i) => (scales ? scales[i] : 1) / Math.sqrt(value + epsilon));
}

function valuesOf(w: Workspace, tensor: TensorInfo): Float32Array {
  return Float32Array.from(w.backend.typedArrayFromHeap(tensor));
}
