import { fillAll } from './copy';
import { Four, Two } from './count';
import { halve, isHalving } from './halve';
import { pad } from './pad';
import { isSlide3x3, slide3x3 } from './slide3x3';
import { addProduct, clamp, storeFirst } from './vectors';
import { countColumns, inside, Kind, listTaps, phaseWidth, rows, Window } from './windows';

/**
 * Windows on each channel alone. A channel of an image is copied, padded, into scratch
 * memory, the columns of a row sorted by their remainder by the stride ("phase"), so that
 * what one tap of the window sees for adjacent outputs is adjacent. An average is a sum
 * whose weights are 1, divided. The most frequent windows have kernels of their own.
 */
export function window(parameters: usize): void {
  const p = changetype<Window>(parameters);
  if (p.kind === Kind.max && isHalving(p)) {
    halve(p);
    return;
  }
  if (isSlide3x3(p)) {
    slide3x3(p);
    return;
  }
  const nothing: f32 = p.kind === Kind.max ? -Infinity : 0;
  const taps = p.kernelHeight * p.kernelWidth;
  const counts = p.scratch;
  const offsets = counts + ((<usize>((p.outWidth + 3) & ~3)) << 2);
  const ones = offsets + ((<usize>taps) << 2);
  const padded = ones + ((<usize>taps) << 2);
  countColumns(p, counts);
  listTaps(p, offsets);
  fillAll(ones, taps, 1);
  const width = phaseWidth(p);
  const stride = p.strideWidth;
  fillAll(padded, rows(p) * stride * width, nothing);
  const rowBytes = (<usize>(p.strideHeight * stride * width)) << 2;
  // What the first column's place is, and how many columns there are at least of a phase,
  // and phases that have one more.
  const place = p.padLeft / stride;
  const phase = p.padLeft % stride;
  const columns = p.width / stride;
  const more = p.width % stride;
  for (let channel = 0; channel < p.channels; channel++) {
    for (let image = 0; image < p.images; image++) {
      pad(p, p.x + channel * p.xChannel + image * p.xImage, padded, width, place, phase, columns, more);
      for (let m = 0; m < p.multiplier; m++) {
        const out = channel * p.multiplier + m;
        const start = p.bias ? v128.load32_splat(p.bias + ((<usize>out) << 2)) : f32x4.splat(nothing);
        const weights = p.kind === Kind.sum ? p.weights + ((<usize>(out * taps)) << 2) : ones;
        const y = p.y + out * p.yChannel + image * p.yImage;
        slide(p, padded, rowBytes, offsets, weights, start, y);
      }
    }
  }
}

/** All windows on a padded image. */
function slide(p: Window, padded: usize, rowBytes: usize, offsets: usize, weights: usize, start: v128, y: usize): void {
  for (let row = 0; row < p.outHeight; row++) {
    let column = 0;
    while (column < p.outWidth) {
      if (p.outWidth - column > 8) {
        look<Four>(p, row, column, padded, offsets, weights, start, y);
        column += 16;
      } else {
        look<Two>(p, row, column, padded, offsets, weights, start, y);
        column += 8;
      }
    }
    padded += rowBytes;
    y += p.yRow;
  }
}

/**
 * Size times four adjacent outputs of a row, or as many as there are; what is read behind
 * them is scratch memory too.
 */
function look<Size>(
  p: Window,
  row: i32,
  column: i32,
  padded: usize,
  offsets: usize,
  weights: usize,
  start: v128,
  y: usize,
): void {
  const last = offsets + ((<usize>(p.kernelHeight * p.kernelWidth)) << 2);
  padded += (<usize>column) << 2;
  let s0 = start;
  let s1 = start;
  let s2 = start;
  let s3 = start;
  if (p.kind === Kind.max) {
    for (; offsets < last; offsets += 4) {
      const x = padded + load<usize>(offsets);
      s0 = f32x4.pmax(s0, v128.load(x));
      s1 = f32x4.pmax(s1, v128.load(x, 16));
      if (offsetof<Size>() > 2) s2 = f32x4.pmax(s2, v128.load(x, 32));
      if (offsetof<Size>() > 2) s3 = f32x4.pmax(s3, v128.load(x, 48));
    }
  } else {
    for (; offsets < last; offsets += 4) {
      const x = padded + load<usize>(offsets);
      const weight = v128.load32_splat(weights);
      s0 = addProduct(s0, weight, v128.load(x));
      s1 = addProduct(s1, weight, v128.load(x, 16));
      if (offsetof<Size>() > 2) s2 = addProduct(s2, weight, v128.load(x, 32));
      if (offsetof<Size>() > 2) s3 = addProduct(s3, weight, v128.load(x, 48));
      weights += 4;
    }
  }
  put(p, row, column, s0, y);
  put(p, row, column + 4, s1, y);
  if (offsetof<Size>() > 2) put(p, row, column + 8, s2, y);
  if (offsetof<Size>() > 2) put(p, row, column + 12, s3, y);
}

/** Writes four outputs, or as many as the row has. */
function put(p: Window, row: i32, column: i32, result: v128, y: usize): void {
  const count = p.outWidth - column;
  if (count <= 0) return;
  const at = (<usize>column) << 2;
  if (p.kind === Kind.average) {
    const inRow = inside(row * p.strideHeight - p.padTop, p.kernelHeight, p.dilationHeight, p.height);
    result = f32x4.div(result, f32x4.mul(f32x4.splat(<f32>inRow), v128.load(p.scratch + at)));
  }
  result = clamp(result, f32x4.splat(p.lo), f32x4.splat(p.hi));
  if (count < 4) storeFirst(y + at, result, count);
  else v128.store(y + at, result);
}
