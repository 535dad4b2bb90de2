import { type CastAttrs, type TensorInfo, type TileAttrs, util } from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/** Shares the values, which no kernel changes; the backend's own copies them. */
export const identity: SimdKernel<unknown, 'x'> = (w, { x }) => share(w, x);

/** Shares the values if the type stays the same. */
export const cast: SimdKernel<CastAttrs, 'x'> = (w, { x }, { dtype }) => (x.dtype === dtype ? share(w, x) : null);

function share(w: Workspace, x: TensorInfo): TensorInfo | null {
  if (x.dtype === 'string') return null;
  w.backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/**
 * Takes what repeats a tensor along first axes of length one, as the gradient of batch
 * normalization does.
 */
export const tile: SimdKernel<TileAttrs, 'x'> = (w, { x }, { reps }) => {
  const { shape } = x;
  const first = reps.findIndex((_, i) => reps.slice(i).every((count) => count === 1));
  const leading = first < 0 ? reps.length : first;
  if (!areFloats(x) || reps.includes(0) || shape.slice(0, leading).some((n) => n > 1)) return null;
  const out = w.output(shape.map((n, i) => n * reps[i]));
  w.simd.fillRows(w.address(out), w.address(x), util.sizeFromShape(reps), util.sizeFromShape(shape));
  return out;
};
