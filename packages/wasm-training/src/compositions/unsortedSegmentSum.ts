import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type KernelFunc, type TypedArray, type UnsortedSegmentSumAttrs, util } from '@tensorflow/tfjs-core';

/**
 * Sums the rows of x that have the same id, dropping those whose id is not from 0 to
 * numSegments − 1.
 */
export const unsortedSegmentSum: KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as BackendWasm;
  const { x, segmentIds } = inputs;
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
  util.assert(
    segmentIds!.shape.length === 1 && segmentIds!.shape[0] === x!.shape[0],
    () => `segmentIds: expected the shape [${x!.shape[0]}], one id for each row of x, received [${segmentIds!.shape}].`,
  );
  const sums = backend.makeOutput([numSegments, ...x!.shape.slice(1)], 'float32');
  // Views last: making the output may have moved the memory.
  const out = backend.typedArrayFromHeap(sums);
  addRows(backend.typedArrayFromHeap(x!), backend.typedArrayFromHeap(segmentIds!), numSegments, out);
  return sums;
};

function addRows(rows: TypedArray, ids: TypedArray, numSegments: number, sums: TypedArray): void {
  const width = ids.length === 0 ? 0 : rows.length / ids.length;
  sums.fill(0);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (id < 0 || id >= numSegments) continue;
    for (let from = i * width, to = id * width; from < (i + 1) * width; from++, to++) sums[to] += rows[from];
  }
}
