import { copyRow, fillAll } from './copy';
import { addProduct, clamp, storeFirst } from './vectors';

enum Kind {
  sum = 0,
  max = 1,
  average = 2,
}

/** The parameters of Op.window. */
@unmanaged
class Window {
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

/**
 * Windows on each channel alone. A channel of an image is copied, padded, into scratch memory, the columns of a row sorted by their
 * remainder by the stride ("phase"), so that what one tap of the window sees for adjacent outputs is adjacent.
 */
export function window(parameters: usize): void {
  const p = changetype<Window>(parameters);
  const nothing: f32 = p.kind === Kind.max ? -Infinity : 0;
  const taps = p.kernelHeight * p.kernelWidth;
  let scratch = p.scratch;
  if (p.kind === Kind.average) {
    countColumns(p, scratch);
    scratch += (<usize>((p.outWidth + 3) & ~3)) << 2;
  }
  fillAll(scratch, rows(p) * p.strideWidth * phaseWidth(p), nothing);
  for (let channel = 0; channel < p.channels; channel++) {
    for (let image = 0; image < p.images; image++) {
      pad(p, p.x + channel * p.xChannel + image * p.xImage, scratch);
      for (let m = 0; m < p.multiplier; m++) {
        const out = channel * p.multiplier + m;
        const start = p.bias ? v128.load32_splat(p.bias + ((<usize>out) << 2)) : f32x4.splat(nothing);
        const weights = p.weights + ((<usize>(out * taps)) << 2);
        slide(p, scratch, weights, start, p.y + out * p.yChannel + image * p.yImage);
      }
    }
  }
}

/** Numbers in a row of one phase, of whole vectors of outputs. */
function phaseWidth(p: Window): i32 {
  return ((p.outWidth + 3) & ~3) + ((p.kernelWidth - 1) * p.dilationWidth) / p.strideWidth;
}

/** Rows that windows see, padding included. */
function rows(p: Window): i32 {
  return (p.outHeight - 1) * p.strideHeight + (p.kernelHeight - 1) * p.dilationHeight + 1;
}

/** For each output of a row, how many columns of its window are no padding. */
function countColumns(p: Window, counts: usize): void {
  for (let i = 0; i < p.outWidth; i++) {
    const first = i * p.strideWidth - p.padLeft;
    store<f32>(counts + ((<usize>i) << 2), <f32>inside(first, p.kernelWidth, p.dilationWidth, p.width));
  }
}

/** How many of first, first + step, first + 2 step … are from 0 to size - 1. */
function inside(first: i32, count: i32, step: i32, size: i32): i32 {
  let found = 0;
  for (let k = 0; k < count; k++) {
    if (<u32>(first + k * step) < <u32>size) found++;
  }
  return found;
}

/** Copies an image of a channel to where its place is between the padding. */
function pad(p: Window, x: usize, scratch: usize): void {
  const phaseBytes = (<usize>phaseWidth(p)) << 2;
  const stride = p.strideWidth;
  const height = min(p.height, rows(p) - p.padTop);
  for (let phase = 0; phase < stride; phase++) {
    const column = (phase + stride - (p.padLeft % stride)) % stride;
    const place = (column + p.padLeft) / stride;
    const count = min((p.width - column + stride - 1) / stride, phaseWidth(p) - place);
    let from = x + ((<usize>column) << 2);
    let to = scratch + (p.padTop * stride + phase) * phaseBytes + ((<usize>place) << 2);
    for (let row = 0; row < height; row++) {
      copyRow(from, (<usize>stride) << 2, to, 4, count);
      from += p.xRow;
      to += stride * phaseBytes;
    }
  }
}

/** All windows on a padded image. */
function slide(p: Window, scratch: usize, weights: usize, start: v128, y: usize): void {
  const phaseBytes = (<usize>phaseWidth(p)) << 2;
  const rowBytes = p.strideWidth * phaseBytes;
  for (let row = 0; row < p.outHeight; row++) {
    const rowsInside = inside(row * p.strideHeight - p.padTop, p.kernelHeight, p.dilationHeight, p.height);
    for (let column = 0; column < p.outWidth; column += 4) {
      // The last four of a row may be some that were done before.
      const first = max(min(column, p.outWidth - 4), 0);
      const at = (<usize>first) << 2;
      let result = look(p, scratch + at, rowBytes, phaseBytes, weights, start);
      if (p.kind === Kind.average) {
        result = f32x4.div(result, f32x4.mul(f32x4.splat(<f32>rowsInside), v128.load(p.scratch + at)));
      }
      result = clamp(result, f32x4.splat(p.lo), f32x4.splat(p.hi));
      if (p.outWidth < 4) storeFirst(y, result, p.outWidth);
      else v128.store(y + at, result);
    }
    scratch += p.strideHeight * rowBytes;
    y += p.yRow;
  }
}

/** Four adjacent windows. */
function look(p: Window, x: usize, rowBytes: usize, phaseBytes: usize, weights: usize, result: v128): v128 {
  const stride = p.strideWidth;
  const places = p.dilationWidth / stride;
  const phases = p.dilationWidth % stride;
  for (let i = 0; i < p.kernelHeight; i++) {
    let at = x;
    let phase = 0;
    for (let j = 0; j < p.kernelWidth; j++) {
      const seen = v128.load(at);
      if (p.kind === Kind.sum) result = addProduct(result, v128.load32_splat(weights), seen);
      else if (p.kind === Kind.max) result = f32x4.max(result, seen);
      else result = f32x4.add(result, seen);
      weights += 4;
      at += phases * phaseBytes + ((<usize>places) << 2);
      phase += phases;
      if (phase >= stride) {
        phase -= stride;
        at += 4 - rowBytes;
      }
    }
    x += p.dilationHeight * rowBytes;
  }
  return result;
}
