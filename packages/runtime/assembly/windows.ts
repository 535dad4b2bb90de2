export enum Kind {
  sum = 0,
  max = 1,
  average = 2,
}

/** The parameters of Op.window. */
@unmanaged
export class Window {
  kind: i32;
  x: usize;
  y: usize;
  weights: usize;
  bias: usize;
  scratch: usize;
  channels: i32;
  images: i32;
  multiplier: i32;
  height: i32;
  width: i32;
  xChannel: usize;
  xImage: usize;
  xRow: usize;
  outHeight: i32;
  outWidth: i32;
  yChannel: usize;
  yImage: usize;
  yRow: usize;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  lo: f32;
  hi: f32;
}

/** Numbers in a row of one phase, of whole vectors of outputs. */
export function phaseWidth(p: Window): i32 {
  return ((p.outWidth + 3) & ~3) + ((p.kernelWidth - 1) * p.dilationWidth) / p.strideWidth;
}

/** Rows that windows see, padding included. */
export function rows(p: Window): i32 {
  return (p.outHeight - 1) * p.strideHeight + (p.kernelHeight - 1) * p.dilationHeight + 1;
}

/** For each output of a row, how many columns of its window are no padding. */
export function countColumns(p: Window, counts: usize): void {
  for (let i = 0; i < p.outWidth; i++) {
    const first = i * p.strideWidth - p.padLeft;
    store<f32>(counts + ((<usize>i) << 2), <f32>inside(first, p.kernelWidth, p.dilationWidth, p.width));
  }
}

/** How many of first, first + step, first + 2 step … are from 0 to size - 1. */
export function inside(first: i32, count: i32, step: i32, size: i32): i32 {
  let found = 0;
  for (let k = 0; k < count; k++) {
    if (<u32>(first + k * step) < <u32>size) found++;
  }
  return found;
}

/** Where each tap of the window at the first output sees the padded image, in bytes. */
export function listTaps(p: Window, offsets: usize): void {
  const stride = p.strideWidth;
  const width = phaseWidth(p);
  for (let i = 0; i < p.kernelHeight; i++) {
    for (let j = 0; j < p.kernelWidth; j++) {
      const column = j * p.dilationWidth;
      const place = (i * p.dilationHeight * stride + (column % stride)) * width + column / stride;
      store<u32>(offsets, place << 2);
      offsets += 4;
    }
  }
}
