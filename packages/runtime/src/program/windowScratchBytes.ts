/** What Op.window does along an axis, as far as its scratch memory depends on it. */
export interface WindowAxis {
  out: number;
  kernel: number;
  stride: number;
  dilation: number;
}

/**
 * Bytes of scratch memory that Op.window needs, of any kind: an image of one channel with
 * its padding, its columns apart by their remainder by the stride, a number for each
 * output of a row and two for each tap.
 */
export function windowScratchBytes(down: WindowAxis, across: WindowAxis): number {
  const width = Math.ceil(across.out / 4) * 4;
  const rows = (down.out - 1) * down.stride + (down.kernel - 1) * down.dilation + 1;
  const phase = width + Math.floor(((across.kernel - 1) * across.dilation) / across.stride);
  // What is read behind the last row.
  const rest = 4;
  return 4 * (width + 2 * down.kernel * across.kernel + rows * across.stride * phase + rest);
}
