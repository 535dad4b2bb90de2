import { pruneRows, roundRows, type Steps } from '@tfjs-compress/math';
import type { Grid } from './grids.js';
import { type Layout, putRow, rowsOf } from './layout.js';

/** What a kernel became. */
export interface CompressedKernel {
  values: Float32Array;
  /** What each output has to be multiplied with; only where that was allowed. */
  scales?: Float64Array;
}

/**
 * The kernel on a grid's levels.
 *
 * @param hessians Damped.
 * @param isScaled Whether every output may have a scale of its own, which goes elsewhere.
 */
export function* quantizeKernel(
  values: Float32Array,
  layout: Layout,
  hessians: Float64Array[],
  grid: Grid,
  isScaled: boolean,
): Steps<CompressedKernel> {
  const result = new Float32Array(values.length);
  const max = largest(values);
  if (max === 0) return { values: result };
  if (!isScaled) {
    const scale = tensorScale(values, layout, hessians, grid, max);
    for (const block of layout.blocks) {
      const h = hessians[block.hessian];
      const rounded = yield* roundRows(h, block.size, rowsOf(values, block), grid.nearest, { scales: () => [scale] });
      for (const [n, { levels }] of rounded.entries()) putRow(result, block, n, levels, scale);
    }
    return { values: result };
  }
  const scales = (row: Float64Array) => {
    const most = largest(row);
    return most > 0 ? grid.scales(most) : [1];
  };
  const all: number[] = [];
  for (const block of layout.blocks) {
    const h = hessians[block.hessian];
    const rounded = yield* roundRows(h, block.size, rowsOf(values, block), grid.nearest, { scales });
    for (const [n, { levels, scale }] of rounded.entries()) {
      putRow(result, block, n, levels);
      all.push(levels.some((level) => level !== 0) ? scale : Number.NaN);
    }
  }
  const common = grid.common(all.filter((scale) => scale > 0));
  for (let i = 0; i < result.length; i++) result[i] *= common;
  return { values: result, scales: Float64Array.from(all, (scale) => (scale > 0 ? scale / common : 1)) };
}

/**
 * The kernel with a share of its weights 0. `importance` says how much an error of each
 * output weighs.
 */
export function* pruneKernel(
  values: Float32Array,
  layout: Layout,
  hessians: Float64Array[],
  sparsity: number,
  importance: Float64Array | undefined,
): Steps<CompressedKernel> {
  const isDepthwise = layout.isWhole && layout.blocks.length > 1;
  const groups = layout.blocks.map((block) => {
    const first = isDepthwise ? block.hessian * block.rows : 0;
    return {
      h: hessians[block.hessian],
      size: block.size,
      rows: rowsOf(values, block),
      importance: importance?.subarray(first, first + block.rows),
    };
  });
  const pruned = yield* pruneRows(groups, sparsity);
  const result = new Float32Array(values.length);
  for (const [b, block] of layout.blocks.entries())
    for (const [n, row] of pruned[b].entries()) putRow(result, block, n, row);
  return { values: result };
}

/**
 * The scale for all rows whose plain rounding errs least, each input weighted with its
 * power.
 */
function tensorScale(
  values: Float32Array,
  { blocks }: Layout,
  hessians: Float64Array[],
  { nearest, tensorScales }: Grid,
  max: number,
): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const scale of tensorScales(max)) {
    let error = 0;
    for (const { hessian, size, rows, offset, inputStride, rowStride } of blocks) {
      for (let k = 0; k < size; k++) {
        const power = hessians[hessian][k * size + k];
        for (let n = 0; n < rows; n++) {
          const value = values[offset + k * inputStride + n * rowStride];
          error += power * (value - scale * nearest(value / scale)) ** 2;
        }
      }
    }
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}

function largest(values: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) max = Math.max(max, Math.abs(values[i]));
  return max;
}
