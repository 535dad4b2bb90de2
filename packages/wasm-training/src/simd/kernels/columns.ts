import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/** Takes a + b where b has one value for each value of the last axis of a, as a bias has. */
export const add: SimdKernel<unknown, 'a' | 'b'> = (w, { a, b }) => {
  if (!isRow(a, b)) return null;
  const [zeros, ones] = [fill(w, b, 0), fill(w, b, 1)];
  return normalize(w, a, zeros, ones, w.address(b), b);
};

/** Takes a − b of such a b, as the mean of a batch is. */
export const sub: SimdKernel<unknown, 'a' | 'b'> = (w, { a, b }) => {
  if (!isRow(a, b)) return null;
  const [zeros, ones] = [fill(w, b, 0), fill(w, b, 1)];
  return normalize(w, a, w.address(b), ones, zeros, b);
};

function isRow(a: TensorInfo, b: TensorInfo): boolean {
  const columns = a.shape[a.shape.length - 1];
  const fits = b.shape.length <= a.shape.length && columns > 1 && util.sizeFromShape(b.shape) === columns;
  return fits && b.shape[b.shape.length - 1] === columns && areFloats(a, b) && util.sizeFromShape(a.shape) > columns;
}

function fill(w: Workspace, like: TensorInfo, value: number): number {
  const count = util.sizeFromShape(like.shape);
  const address = w.scratch(4 * count);
  w.fill(address, new Float32Array(count).fill(value));
  return address;
}

function normalize(w: Workspace, a: TensorInfo, means: number, factors: number, terms: number, b: TensorInfo) {
  const out = w.output(a.shape);
  const n = util.sizeFromShape(b.shape);
  const rows = util.sizeFromShape(a.shape) / n;
  w.simd.normalizeColumns(w.address(a), means, factors, terms, w.address(out), rows, n);
  return out;
}
