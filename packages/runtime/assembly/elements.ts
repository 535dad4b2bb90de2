import { apply } from './functions';
import { Binary, Unary } from './ops';
import { addProduct, clamp, splatOrZero } from './vectors';

/**
 * Element by element. The last ones of a row that is no multiple of four are done one at
 * a time, each in four copies.
 */

export function unary(p: usize): void {
  applyAll(load<i32>(p), load<usize>(p, 4), load<usize>(p, 8), load<i32>(p, 12), load<f32>(p, 16), load<f32>(p, 20));
}

/** y = one of `Unary` of x. */
function applyAll(kind: i32, x: usize, y: usize, count: i32, a: f32, b: f32): void {
  const as = f32x4.splat(a);
  const bs = f32x4.splat(b);
  const end = y + ((<usize>count) << 2);
  const vectors = end - 12;
  // The most frequent one, and the fastest.
  if (kind === Unary.clamp) {
    for (; y < vectors; x += 16, y += 16) v128.store(y, clamp(v128.load(x), as, bs));
  }
  for (; y < vectors; x += 16, y += 16) v128.store(y, apply(kind, v128.load(x), as, bs));
  for (; y < end; x += 4, y += 4) v128.store32_lane(y, apply(kind, v128.load32_splat(x), as, bs), 0);
}

export function binary(p: usize): void {
  combineRow(load<i32>(p), load<usize>(p, 4), 4, load<usize>(p, 8), 4, load<usize>(p, 12), 4, load<i32>(p, 16));
}

/** y = one of `Binary` of x and z, each with a stride. */
function combineRow(
  kind: i32,
  x: usize,
  xStride: usize,
  z: usize,
  zStride: usize,
  y: usize,
  yStride: usize,
  count: i32,
): void {
  let i = 0;
  if (yStride === 4 && (xStride | 4) === 4 && (zStride | 4) === 4) {
    // The most frequent one has a loop of its own.
    if (kind === Binary.add && xStride & zStride) {
      for (; i + 4 <= count; i += 4) {
        v128.store(y, f32x4.add(v128.load(x), v128.load(z)));
        x += 16;
        z += 16;
        y += 16;
      }
    }
    for (; i + 4 <= count; i += 4) {
      const first = xStride ? v128.load(x) : v128.load32_splat(x);
      const second = zStride ? v128.load(z) : v128.load32_splat(z);
      v128.store(y, combine(kind, first, second));
      x += 4 * xStride;
      z += 4 * zStride;
      y += 16;
    }
  }
  for (; i < count; i++) {
    v128.store32_lane(y, combine(kind, v128.load32_splat(x), v128.load32_splat(z)), 0);
    x += xStride;
    z += zStride;
    y += yStride;
  }
}

/** One of `Binary` of four numbers and four numbers. */
function combine(kind: i32, x: v128, z: v128): v128 {
  switch (kind) {
    case Binary.add:
      return f32x4.add(x, z);
    case Binary.subtract:
      return f32x4.sub(x, z);
    case Binary.multiply:
      return f32x4.mul(x, z);
    case Binary.maximum:
      return f32x4.max(x, z);
    case Binary.minimum:
      return f32x4.min(x, z);
    case Binary.divide:
      return f32x4.div(x, z);
  }
  return v128.bitselect(x, f32x4.mul(x, z), f32x4.ge(x, f32x4.splat(0)));
}

export function broadcast(p: usize): void {
  const rank = load<i32>(p, 16);
  combineDimensions(load<i32>(p), load<usize>(p, 4), load<usize>(p, 8), load<usize>(p, 12), p + 20, rank);
}

/**
 * `combineRow` over `rank` dimensions at `sizes`: for each its size and three strides.
 */
function combineDimensions(kind: i32, x: usize, z: usize, y: usize, sizes: usize, rank: i32): void {
  if (rank === 0) {
    combineRow(kind, x, 0, z, 0, y, 0, 1);
    return;
  }
  const size = load<i32>(sizes);
  const xStride = load<usize>(sizes, 4);
  const zStride = load<usize>(sizes, 8);
  const yStride = load<usize>(sizes, 12);
  if (rank === 1) {
    combineRow(kind, x, xStride, z, zStride, y, yStride, size);
    return;
  }
  for (let i = 0; i < size; i++) {
    combineDimensions(kind, x, z, y, sizes + 16, rank - 1);
    x += xStride;
    z += zStride;
    y += yStride;
  }
}

/** Planes times a number each, plus a number each. */
export function scale(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  const planes = load<i32>(p, 8);
  const bytes = load<usize>(p, 12) << 4;
  const xStride = load<usize>(p, 16);
  const yStride = load<usize>(p, 20);
  let factors = load<usize>(p, 24);
  let summands = load<usize>(p, 28);
  const lo = v128.load32_splat(p, 32);
  const hi = v128.load32_splat(p, 36);
  for (let i = 0; i < planes; i++) {
    const factor = v128.load32_splat(factors);
    const summand = splatOrZero(summands);
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(y + at, clamp(addProduct(summand, factor, v128.load(x + at)), lo, hi));
    }
    x += xStride;
    y += yStride;
    factors += 4;
    if (summands) summands += 4;
  }
}

/** An LSTM's step from the sums of its four gates. */
export function lstm(p: usize): void {
  const z = load<usize>(p, 24);
  const c = load<usize>(p, 28);
  const h = load<usize>(p, 32);
  const count = load<i32>(p, 36);
  const bytes = (<usize>count) << 2;
  gate(p, z, z, 2 * count);
  gate(p + 12, z + 2 * bytes, z + 2 * bytes, count);
  gate(p, z + 3 * bytes, z + 3 * bytes, count);
  combineRow(Binary.multiply, z, 4, z + 2 * bytes, 4, z, 4, count);
  combineRow(Binary.multiply, z + bytes, 4, c, 4, c, 4, count);
  combineRow(Binary.add, z, 4, c, 4, c, 4, count);
  gate(p + 12, c, h, count);
  combineRow(Binary.multiply, z + 3 * bytes, 4, h, 4, h, 4, count);
}

/** y = f(x), the kind of f and its two parameters at `kind`. */
function gate(kind: usize, x: usize, y: usize, count: i32): void {
  applyAll(load<i32>(kind), x, y, count, load<f32>(kind, 4), load<f32>(kind, 8));
}
