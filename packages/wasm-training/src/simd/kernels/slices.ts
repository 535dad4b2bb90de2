import {
  backend_util,
  type GatherV2Attrs,
  type SliceAttrs,
  type SplitVAttrs,
  slice_util,
  type Tensor,
  type TensorInfo,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { areFloats, type SimdKernel } from '../SimdKernel.js';
import type { Workspace } from '../Workspace.js';

/*
 * Parts of a tensor, as recurrent and embedding layers take them. The backend's own copy
 * the whole tensor for each part.
 */

/** Takes slices that leave out something of one axis at most. */
export const slice: SimdKernel<SliceAttrs, 'x'> = (w, { x }, attrs) => {
  const [begin, size] = slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
  const cut = size.flatMap((n, axis) => (n === x.shape[axis] ? [] : axis));
  if (cut.length > 1 || !areFloats(x) || size.includes(0)) return null;
  slice_util.assertParamsValid(x as Tensor, begin, size);
  const axis = cut[0] ?? 0;
  return part(w, x, axis, begin[axis] ?? 0, size);
};

export const splitV: SimdKernel<SplitVAttrs, 'x'> = (w, { x }, { numOrSizeSplits, axis }) => {
  if (!areFloats(x)) return null;
  const [along] = util.parseAxisParam(axis, x.shape);
  const lengths = backend_util.prepareSplitSize(x as Tensor, numOrSizeSplits, along);
  if (lengths.some((length) => length <= 0)) return null;
  let from = 0;
  return lengths.map((length) => {
    const piece = part(w, x, along, from, x.shape.with(along, length));
    from += length;
    return piece;
  });
};

export const unpack: SimdKernel<UnpackAttrs, 'value'> = (w, { value }, { axis }) => {
  if (!areFloats(value)) return null;
  const [along] = util.parseAxisParam(axis, value.shape);
  const shape = value.shape.filter((_, i) => i !== along);
  return Array.from({ length: value.shape[along] }, (_, i) =>
    part(w, value, along, i, value.shape.with(along, 1), shape),
  );
};

/**
 * The values of x from number `begin` of an axis on, `size` of them (all of the other
 * axes), as a tensor of a shape.
 */
function part(w: Workspace, x: TensorInfo, axis: number, begin: number, size: number[], shape = size): TensorInfo {
  const out = w.output(shape);
  const before = util.sizeFromShape(size.slice(0, axis));
  const after = 4 * util.sizeFromShape(size.slice(axis + 1));
  const [step, bytes] = [x.shape[axis] * after, size[axis] * after];
  w.simd.copyRows(w.address(x) + begin * after, step, w.address(out), bytes, before, bytes);
  return out;
}

/** Takes rows of x: parts along its first axis, as an embedding is. */
export const gatherV2: SimdKernel<GatherV2Attrs, 'x' | 'indices'> = (w, { x, indices }, { axis, batchDims }) => {
  const fits = axis === 0 && batchDims === 0 && indices.dtype === 'int32' && util.sizeFromShape(indices.shape) > 0;
  if (!fits || !areFloats(x)) return null;
  const [rows, ...rest] = x.shape;
  const ids = w.backend.typedArrayFromHeap(indices);
  // The backend says what is wrong.
  if (ids.some((id) => id < 0 || id >= rows)) return null;
  const out = w.output([...indices.shape, ...rest]);
  w.simd.gatherRows(w.address(x), w.address(indices), w.address(out), ids.length, util.sizeFromShape(rest));
  return out;
};
