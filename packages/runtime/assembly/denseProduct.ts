import { One, Three, Two } from './count';
import { addProduct, clamp, splatOrZero } from './vectors';

/**
 * Dense matrix by planes, in tiles of four rows × two vectors: the largest of those tried
 * that V8 keeps in registers. The last tile may have three vectors, as one alone takes
 * nearly as long as two.
 */
export function denseProduct(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  // Dense layers have nothing to add but a bias.
  let add = ALL ? load<usize>(p, 20) : 0;
  let vectors = load<i32>(p, 36);
  while (vectors > 0) {
    const size = vectors === 3 ? 3 : min(vectors, 2);
    if (size === 3) tile<Three>(p, x, y, add);
    else if (size === 2) tile<Two>(p, x, y, add);
    else tile<One>(p, x, y, add);
    vectors -= size;
    x += (<usize>size) << 4;
    y += (<usize>size) << 4;
    if (ALL && add) add += (<usize>size) << 4;
  }
}

/** All rows on Size vectors of every plane. */
function tile<Size>(p: usize, x: usize, y: usize, add: usize): void {
  let weights = load<usize>(p, 8);
  const offsets = load<usize>(p, 12);
  let bias = load<usize>(p, 16);
  const addStride = ALL ? load<usize>(p, 24) : 0;
  const depth = load<i32>(p, 32);
  const yStride = load<usize>(p, 40);
  const lo = v128.load32_splat(p, 44);
  const hi = v128.load32_splat(p, 48);
  for (let rows = load<i32>(p, 28); rows > 0; rows -= 4) {
    const bytes: usize = bias ? 4 : 0;
    let a0 = splatOrZero(bias);
    let b0 = rows > 1 ? splatOrZero(bias + bytes) : a0;
    let c0 = rows > 2 ? splatOrZero(bias + 2 * bytes) : a0;
    let d0 = rows > 3 ? splatOrZero(bias + 3 * bytes) : a0;
    bias += 4 * bytes;
    let a1 = a0;
    let b1 = b0;
    let c1 = c0;
    let d1 = d0;
    let a2 = a0;
    let b2 = b0;
    let c2 = c0;
    let d2 = d0;
    let at = offsets;
    const end = offsets + ((<usize>depth) << 2);
    while (at < end) {
      const plane = x + load<usize>(at);
      const x0 = v128.load(plane);
      const x1 = offsetof<Size>() > 1 ? v128.load(plane, 16) : x0;
      const x2 = offsetof<Size>() > 2 ? v128.load(plane, 32) : x0;
      const a = v128.load32_splat(weights);
      a0 = addProduct(a0, a, x0);
      if (offsetof<Size>() > 1) a1 = addProduct(a1, a, x1);
      if (offsetof<Size>() > 2) a2 = addProduct(a2, a, x2);
      const b = v128.load32_splat(weights, 4);
      b0 = addProduct(b0, b, x0);
      if (offsetof<Size>() > 1) b1 = addProduct(b1, b, x1);
      if (offsetof<Size>() > 2) b2 = addProduct(b2, b, x2);
      const c = v128.load32_splat(weights, 8);
      c0 = addProduct(c0, c, x0);
      if (offsetof<Size>() > 1) c1 = addProduct(c1, c, x1);
      if (offsetof<Size>() > 2) c2 = addProduct(c2, c, x2);
      const d = v128.load32_splat(weights, 12);
      d0 = addProduct(d0, d, x0);
      if (offsetof<Size>() > 1) d1 = addProduct(d1, d, x1);
      if (offsetof<Size>() > 2) d2 = addProduct(d2, d, x2);
      at += 4;
      weights += 16;
    }
    put<Size>(y, add, a0, a1, a2, lo, hi);
    if (rows > 1) put<Size>(y + yStride, add ? add + addStride : 0, b0, b1, b2, lo, hi);
    if (rows > 2) put<Size>(y + 2 * yStride, add ? add + 2 * addStride : 0, c0, c1, c2, lo, hi);
    if (rows > 3) put<Size>(y + 3 * yStride, add ? add + 3 * addStride : 0, d0, d1, d2, lo, hi);
    y += 4 * yStride;
    if (ALL && add) add += 4 * addStride;
  }
}

function put<Size>(y: usize, add: usize, s0: v128, s1: v128, s2: v128, lo: v128, hi: v128): void {
  if (ALL && add) {
    s0 = f32x4.add(s0, v128.load(add));
    if (offsetof<Size>() > 1) s1 = f32x4.add(s1, v128.load(add, 16));
    if (offsetof<Size>() > 2) s2 = f32x4.add(s2, v128.load(add, 32));
  }
  v128.store(y, clamp(s0, lo, hi));
  if (offsetof<Size>() > 1) v128.store(y, clamp(s1, lo, hi), 16);
  if (offsetof<Size>() > 2) v128.store(y, clamp(s2, lo, hi), 32);
}
