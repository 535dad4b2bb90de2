import {
  type DataType,
  pad as padTensor,
  reshape,
  slice,
  type Tensor,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';

/**
 * Numbers of elements to add (positive) or cut off (negative) at both ends of the rows
 * and columns of an NHWC tensor.
 */
export interface Margins {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Pads with zeros and crops an NHWC tensor. */
export function padOrCrop(x: Tensor4D, { top, bottom, left, right }: Margins): Tensor4D {
  const grow = (n: number) => Math.max(n, 0);
  const padded = padTensor(x, [
    [0, 0],
    [grow(top), grow(bottom)],
    [grow(left), grow(right)],
    [0, 0],
  ]);
  const [batch, height, width, channels] = padded.shape;
  const [y, x0] = [grow(-top), grow(-left)];
  return slice(padded, [0, y, x0, 0], [batch, height - y - grow(-bottom), width - x0 - grow(-right), channels]);
}

/**
 * Puts stride − 1 zeros after each row and each column of an NHWC tensor: [B, H, W, C] →
 * [B, H·strideHeight, W·strideWidth, C].
 */
export function insertZeros(x: Tensor4D, strideHeight: number, strideWidth: number): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const wide = padMiddle(x, [batch * height * width, 1, channels], strideWidth);
  const high = padMiddle(wide, [batch * height, 1, width * strideWidth * channels], strideHeight);
  return reshape(high, [batch, height * strideHeight, width * strideWidth, channels]);
}

function padMiddle(x: Tensor, shape: [number, number, number], length: number): Tensor {
  const flat = reshape(x, shape);
  return length === 1
    ? flat
    : padTensor(flat, [
        [0, 0],
        [0, length - 1],
        [0, 0],
      ]);
}

/**
 * A tensor of zeros if it would be the result of summing nothing, else what `compute`
 * returns.
 */
export function unlessEmpty<T extends Tensor>(inputs: Tensor[], shape: number[], dtype: DataType, compute: () => T): T {
  return inputs.some((x) => x.size === 0) || shape.includes(0) ? (zeros(shape, dtype) as T) : compute();
}
