import { fillAll } from './copy';
import { One, Two } from './count';
import { clamp, splatOrZero } from './vectors';
import { Kind, Window } from './windows';

/**
 * Whether these are sums of 3 × 3 pixels at every pixel, or at every second one of every
 * second row, of which at most the first and last column see padding beside them.
 */
export function isSlide3x3(p: Window): bool {
  const stride = p.strideWidth;
  return (
    p.kind === Kind.sum &&
    p.kernelHeight === 3 &&
    p.kernelWidth === 3 &&
    stride <= 2 &&
    p.strideHeight === stride &&
    p.dilationHeight === 1 &&
    p.dilationWidth === 1 &&
    p.outWidth >= 4 &&
    p.padLeft <= 1 &&
    lastColumn(p) <= p.width
  );
}

/** The last column that windows see: the image's width where it is padding. */
function lastColumn(p: Window): i32 {
  return (p.outWidth - 1) * p.strideWidth + 2 - p.padLeft;
}

/**
 * These windows, without a padded copy of the image: rows outside of it are one row of
 * zeros, and what the first and last column see outside of it is masked.
 */
export function slide3x3(p: Window): void {
  const masks = p.scratch;
  v128.store(masks, i32x4(i32(p.padLeft) - 1, -1, -1, -1));
  v128.store(masks, i32x4.splat(-1), 16);
  v128.store(masks, i32x4(-1, -1, -1, -i32(lastColumn(p) < p.width)), 32);
  const zeros = masks + 48;
  fillAll(zeros, p.strideWidth * p.outWidth + 6, 0);
  for (let channel = 0; channel < p.channels; channel++) {
    for (let image = 0; image < p.images; image++) {
      const x = p.x + channel * p.xChannel + image * p.xImage;
      for (let m = 0; m < p.multiplier; m++) {
        const out = channel * p.multiplier + m;
        const start = splatOrZero(p.bias ? p.bias + ((<usize>out) << 2) : 0);
        const y = p.y + out * p.yChannel + image * p.yImage;
        if (p.strideWidth === 1) slideBy<One>(p, x, zeros, p.weights + out * 36, start, y);
        else slideBy<Two>(p, x, zeros, p.weights + out * 36, start, y);
      }
    }
  }
}

/** One image of a channel. The last columns of a row may be computed a second time. */
function slideBy<Stride>(p: Window, x: usize, zeros: usize, weights: usize, start: v128, y: usize): void {
  const last = (<usize>(p.outWidth - 4)) << 2;
  const w0 = v128.load32_splat(weights);
  const w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8);
  const w3 = v128.load32_splat(weights, 12);
  const w4 = v128.load32_splat(weights, 16);
  const w5 = v128.load32_splat(weights, 20);
  const w6 = v128.load32_splat(weights, 24);
  const w7 = v128.load32_splat(weights, 28);
  const w8 = v128.load32_splat(weights, 32);
  // Read each time: registers hold the weights.
  const limits = changetype<usize>(p) + offsetof<Window>('lo');
  for (let row = 0; row < p.outHeight; row++) {
    const top = row * offsetof<Stride>() - p.padTop;
    const a = line(p, x, zeros, top);
    const b = line(p, x, zeros, top + 1);
    const c = line(p, x, zeros, top + 2);
    for (let at: usize = 0; ; at = last) {
      const left = v128.load(p.scratch + (at === 0 ? 0 : 16));
      const right = v128.load(p.scratch + (at === last ? 32 : 16));
      const step = at * offsetof<Stride>();
      const s = look<Stride, Two>(a + step, b + step, c + step, start, w0, w1, w2, w3, w4, w5, w6, w7, w8, left, right);
      v128.store(y + at, clamp(s, v128.load32_splat(limits), v128.load32_splat(limits, 4)));
      if (at === last) break;
    }
    for (let at: usize = 16; at < last; at += 16) {
      const step = at * offsetof<Stride>();
      const s = look<Stride, One>(
        a + step,
        b + step,
        c + step,
        start,
        w0,
        w1,
        w2,
        w3,
        w4,
        w5,
        w6,
        w7,
        w8,
        start,
        start,
      );
      v128.store(y + at, clamp(s, v128.load32_splat(limits), v128.load32_splat(limits, 4)));
    }
    y += p.yRow;
  }
}

/** Where the first window is in a row. */
function line(p: Window, x: usize, zeros: usize, row: i32): usize {
  return (<u32>row < <u32>p.height ? x + row * p.xRow : zeros) - ((<usize>p.padLeft) << 2);
}

/**
 * Four windows, masked if Edges is Two. Not by addProduct: V8 loads in the order of the
 * operands, and if all were loaded first, they would not fit into registers.
 */
function look<Stride, Edges>(
  a: usize,
  b: usize,
  c: usize,
  sum: v128,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  w4: v128,
  w5: v128,
  w6: v128,
  w7: v128,
  w8: v128,
  left: v128,
  right: v128,
): v128 {
  sum = f32x4.add(sum, f32x4.mul(w0, first<Stride, Edges>(a, left)));
  sum = f32x4.add(sum, f32x4.mul(w1, second<Stride>(a)));
  sum = f32x4.add(sum, f32x4.mul(w2, third<Stride, Edges>(a, right)));
  sum = f32x4.add(sum, f32x4.mul(w3, first<Stride, Edges>(b, left)));
  sum = f32x4.add(sum, f32x4.mul(w4, second<Stride>(b)));
  sum = f32x4.add(sum, f32x4.mul(w5, third<Stride, Edges>(b, right)));
  sum = f32x4.add(sum, f32x4.mul(w6, first<Stride, Edges>(c, left)));
  sum = f32x4.add(sum, f32x4.mul(w7, second<Stride>(c)));
  return f32x4.add(sum, f32x4.mul(w8, third<Stride, Edges>(c, right)));
}

/** What the first column of four windows sees. */
function first<Stride, Edges>(x: usize, mask: v128): v128 {
  const v = offsetof<Stride>() === 1 ? v128.load(x) : v128.shuffle<f32>(v128.load(x), v128.load(x, 16), 0, 2, 4, 6);
  return offsetof<Edges>() === 2 ? v128.and(v, mask) : v;
}

function second<Stride>(x: usize): v128 {
  return offsetof<Stride>() === 1 ? v128.load(x, 4) : v128.shuffle<f32>(v128.load(x), v128.load(x, 16), 1, 3, 5, 7);
}

function third<Stride, Edges>(x: usize, mask: v128): v128 {
  const v =
    offsetof<Stride>() === 1 ? v128.load(x, 8) : v128.shuffle<f32>(v128.load(x, 8), v128.load(x, 20), 0, 2, 5, 7);
  return offsetof<Edges>() === 2 ? v128.and(v, mask) : v;
}
