import {
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  broadcast_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { table } from '../convolution.js';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

export const batchMatMul: SimdKernel<BatchMatMulAttrs, 'a' | 'b'> = (w, { a, b }, attrs) =>
  multiply(w, a, b, null, attrs.transposeA, attrs.transposeB);

/** Takes a bias for each column and no activation, as training does. */
export const fusedMatMul: SimdKernel<_FusedMatMulAttrs, 'a' | 'b', 'bias' | 'preluActivationWeights'> = (
  w,
  inputs,
  attrs,
) => {
  const { a, b, bias, preluActivationWeights } = inputs;
  if (attrs.activation !== 'linear' || preluActivationWeights) return null;
  return multiply(w, a, b, bias ?? null, attrs.transposeA, attrs.transposeB);
};

function multiply(
  w: Workspace,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | null,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo | null {
  if (!areFloats(a, b)) return null;
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [kOfB, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const [aCount, bCount] = [a, b].map(({ shape }) => util.sizeFromShape(shape.slice(0, -2)));
  // XNNPACK does not transpose; of few rows, or with threads, it makes more than these
  // kernels.
  const leave = (m < 4 || w.hasThreads) && !transposeA && !transposeB;
  const broadcast = aCount !== bCount && aCount !== 1 && bCount !== 1;
  if (k !== kOfB || leave || broadcast) return null;
  if (bias && !(areFloats(bias) && util.sizeFromShape(bias.shape) === n)) return null;
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = w.output([...outer, m, n]);
  const packed = w.scratch(w.simd.packedSize(n, k));
  const rows = table(w, m, transposeA ? 4 : 4 * k);
  const columns = table(w, k, transposeA ? 4 * m : 4);
  const [bRow, bColumn] = transposeB ? [4, 4 * k] : [4 * n, 4];
  for (let i = 0; i < Math.max(aCount, bCount); i++) {
    const from = w.address(a) + (aCount === 1 ? 0 : 4 * i * m * k);
    const by = w.address(b) + (bCount === 1 ? 0 : 4 * i * k * n);
    const to = w.address(out) + 4 * i * m * n;
    if (bias) w.simd.fillRows(to, w.address(bias), m, n);
    w.simd.gemm(from, rows, columns, by, bRow, bColumn, packed, to, m, n, k, bias ? 1 : 0);
  }
  return out;
}
