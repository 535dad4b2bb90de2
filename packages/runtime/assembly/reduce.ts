import { maximumOf, sumOf } from './vectors';

enum Kind {
  mean = 0,
  max = 1,
  sum = 2,
}

/** Mean, maximum or sum over some dimensions. */
export function reduce(p: usize): void {
  const rank = load<usize>(p, 12);
  over(load<i32>(p), load<usize>(p, 4), load<usize>(p, 8), p + 16, rank, p + 16 + 12 * rank);
}

/**
 * Over the dimensions that stay, `rank` at `sizes`; `goes` is where those that go are.
 */
function over(kind: i32, x: usize, y: usize, sizes: usize, rank: i32, goes: usize): void {
  if (rank === 0) {
    const dimensions = load<i32>(goes);
    let result = accumulate(kind, x, goes + 4, dimensions, kind === Kind.max ? -Infinity : 0);
    if (kind === Kind.mean) {
      for (let i = 0; i < dimensions; i++) result /= <f64>load<i32>(goes + 4 + ((<usize>i) << 3));
    }
    store<f32>(y, <f32>result);
    return;
  }
  const size = load<i32>(sizes);
  for (let i = 0; i < size; i++) {
    over(kind, x, y, sizes + 12, rank - 1, goes);
    x += load<usize>(sizes, 4);
    y += load<usize>(sizes, 8);
  }
}

/** What there was, with all elements of `rank` dimensions at `sizes`. */
function accumulate(kind: i32, x: usize, sizes: usize, rank: i32, result: f64): f64 {
  const size = load<i32>(sizes);
  const stride = load<usize>(sizes, 4);
  if (rank > 1) {
    for (let i = 0; i < size; i++) {
      result = accumulate(kind, x, sizes + 8, rank - 1, result);
      x += stride;
    }
    return result;
  }
  const count = rank === 0 ? 1 : size;
  let i = 0;
  if (stride === 4 && count >= 4) {
    let first = v128.load(x);
    for (i = 4; i + 4 <= count; i += 4) {
      const next = v128.load(x + ((<usize>i) << 2));
      first = kind === Kind.max ? f32x4.max(first, next) : f32x4.add(first, next);
    }
    result = kind === Kind.max ? max(result, <f64>maximumOf(first)) : result + <f64>sumOf(first);
    x += (<usize>i) << 2;
  }
  for (; i < count; i++) {
    const value = <f64>load<f32>(x);
    result = kind === Kind.max ? max(result, value) : result + value;
    x += stride;
  }
  return result;
}

/** Layer normalization of contiguous rows. */
export function normalize(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  const count = load<i32>(p, 8);
  const width = load<i32>(p, 12);
  const gamma = load<usize>(p, 16);
  const beta = load<usize>(p, 20);
  const epsilon = load<f32>(p, 24);
  const bytes = (<usize>width) << 2;
  for (let row = 0; row < count; row++) {
    const mean = <f32>(sumOfPowers(x, width, 0, false) / <f64>width);
    const variance = sumOfPowers(x, width, mean, true) / <f64>width;
    const factor = <f32>(1 / Math.sqrt(variance + epsilon));
    for (let at: usize = 0; at < bytes; at += 4) {
      let value = (load<f32>(x + at) - mean) * factor;
      if (gamma) value *= load<f32>(gamma + at);
      if (beta) value += load<f32>(beta + at);
      store<f32>(y + at, value);
    }
    x += bytes;
    y += bytes;
  }
}

/** Σ (x - mean), or Σ (x - mean)². */
function sumOfPowers(x: usize, width: i32, mean: f32, square: bool): f64 {
  const means = f32x4.splat(mean);
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= width; i += 4) {
    const difference = f32x4.sub(v128.load(x), means);
    sums = f32x4.add(sums, square ? f32x4.mul(difference, difference) : difference);
    x += 16;
  }
  let sum = <f64>sumOf(sums);
  for (; i < width; i++) {
    const difference = load<f32>(x) - mean;
    sum += <f64>(square ? difference * difference : difference);
    x += 4;
  }
  return sum;
}
