import { layerOf, type Site } from '@tfjs-compress/layers/internal';

/**
 * Weights that are multiplied with the same inputs, and where they stand in the kernel.
 */
export interface Block {
  /** Which of the kernel's Hessians is theirs. */
  hessian: number;
  /** Inputs. */
  size: number;
  /** Outputs. */
  rows: number;
  /**
   * The weight of input k for output n is at offset + k × inputStride + n × rowStride.
   */
  offset: number;
  inputStride: number;
  rowStride: number;
}

export interface Layout {
  blocks: Block[];
  /** How many inputs each Hessian has. */
  sizes: number[];
  /**
   * Whether an output's weights all stand in one block, so that a scale of its own is
   * possible.
   */
  isWhole: boolean;
}

/**
 * Inputs of one Hessian: of a layer with more, blocks of so many are taken for
 * independent of each other.
 */
export const largestHessian = 2048;

/** How the weights of a kernel belong to its inputs and outputs. */
export function layoutOf(site: Site): Layout {
  const { field, variable } = site;
  const shape = variable.shape as number[];
  const last = shape[shape.length - 1];
  const beforeLast = shape[shape.length - 2];
  const size = shape.reduce((a, b) => a * b, 1);
  const className = layerOf(site).getClassName();
  if (className === 'Embedding') {
    const blocks = Array.from({ length: shape[0] }, (_, i) => block(i, 1, last, i * last, last, 1));
    return { blocks, sizes: blocks.map(() => 1), isWhole: false };
  }
  if (field === 'depthwiseKernel') {
    const taps = size / (last * beforeLast);
    const stride = last * beforeLast;
    const blocks = Array.from({ length: beforeLast }, (_, i) => block(i, taps, last, i * last, stride, 1));
    return { blocks, sizes: blocks.map(() => taps), isWhole: true };
  }
  if (/Transpose$/.test(className)) {
    // [taps, outputs, inputs]; where taps overlap in an output they are taken for
    // independent.
    const taps = size / (last * beforeLast);
    const parts = partsOf(last);
    const blocks = Array.from({ length: taps }, (_, tap) =>
      parts.map(([from, count], i) => block(i, count, beforeLast, tap * last * beforeLast + from, 1, last)),
    ).flat();
    return { blocks, sizes: parts.map(([, count]) => count), isWhole: false };
  }
  const parts = partsOf(size / last);
  const blocks = parts.map(([from, count], i) => block(i, count, last, from * last, last, 1));
  return { blocks, sizes: parts.map(([, count]) => count), isWhole: parts.length === 1 };
}

/** [first, count] of each part. */
export function partsOf(size: number): [number, number][] {
  const count = Math.max(1, Math.ceil(size / largestHessian));
  const each = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => [i * each, Math.min(each, size - i * each)]);
}

function block(
  hessian: number,
  size: number,
  rows: number,
  offset: number,
  inputStride: number,
  rowStride: number,
): Block {
  return { hessian, size, rows, offset, inputStride, rowStride };
}

/** The rows of a block. */
export function rowsOf(
  values: ArrayLike<number>,
  { size, rows, offset, inputStride, rowStride }: Block,
): Float64Array[] {
  return Array.from({ length: rows }, (_, n) => {
    const row = new Float64Array(size);
    for (let k = 0; k < size; k++) row[k] = values[offset + k * inputStride + n * rowStride];
    return row;
  });
}

export function putRow(values: Float32Array, at: Block, n: number, row: ArrayLike<number>, scale = 1): void {
  for (let k = 0; k < at.size; k++) values[at.offset + k * at.inputStride + n * at.rowStride] = row[k] * scale;
}

/**
 * What the outputs are on average, without bias: weights times the mean of their inputs.
 */
export function meanOutputs(
  values: ArrayLike<number>,
  layout: Layout,
  means: Float64Array[],
  channels: number,
): Float64Array {
  const result = new Float64Array(channels);
  for (const each of layout.blocks) {
    // Of a depthwise kernel, each block has outputs of its own.
    const first = channels > each.rows ? each.hessian * each.rows : 0;
    const mean = means[each.hessian];
    for (let n = 0; n < each.rows; n++)
      for (let k = 0; k < each.size; k++)
        result[first + n] += values[each.offset + k * each.inputStride + n * each.rowStride] * mean[k];
  }
  return result;
}
