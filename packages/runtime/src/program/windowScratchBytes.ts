/** What Op.window does, as far as its scratch memory depends on it. */
export interface WindowShape {
  outHeight: number;
  outWidth: number;
  kernelHeight: number;
  kernelWidth: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
}

/**
 * Bytes of scratch memory that Op.window needs, of any kind: an image of one channel with
 * its padding, its columns apart by their remainder by the stride, a number for each
 * output of a row and two for each tap.
 */
export function windowScratchBytes(shape: WindowShape): number {
  const width = Math.ceil(shape.outWidth / 4) * 4;
  const rows = (shape.outHeight - 1) * shape.strideHeight + (shape.kernelHeight - 1) * shape.dilationHeight + 1;
  const phase = width + Math.floor(((shape.kernelWidth - 1) * shape.dilationWidth) / shape.strideWidth);
  const taps = shape.kernelHeight * shape.kernelWidth;
  // What is read behind the last row.
  const rest = 4;
  return 4 * (width + 2 * taps + rows * shape.strideWidth * phase + rest);
}
