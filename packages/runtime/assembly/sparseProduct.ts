// biome-ignore lint/style/useImportType: AssemblyScript has no type imports.
import { Eight, Five, Four, One, Seven, Six, Three, Two } from './count';
import { addProduct, clamp, splatOrZero } from './vectors';

/**
 * Sparse matrix by planes. A tile of up to eight vectors of every plane stays in the first-level cache while all rows of the matrix go
 * over it; a row's sums stay in registers.
 */
export function sparseProduct(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  const weights = load<usize>(p, 8);
  const offsets = load<usize>(p, 12);
  const counts = load<usize>(p, 16);
  const bias = load<usize>(p, 20);
  let add = load<usize>(p, 24);
  const addStride = load<usize>(p, 28);
  const rows = load<i32>(p, 32);
  let vectors = load<i32>(p, 36);
  const yStride = load<usize>(p, 40);
  const lo = v128.load32_splat(p, 44);
  const hi = v128.load32_splat(p, 48);
  // Tiles of about the same size: one vector alone takes nearly as long as three.
  for (let tiles = (vectors + 7) >> 3; tiles > 0; tiles--) {
    const size = (vectors + tiles - 1) / tiles;
    switch (size) {
      case 1:
        tile<One>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 2:
        tile<Two>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 3:
        tile<Three>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 4:
        tile<Four>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 5:
        tile<Five>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 6:
        tile<Six>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      case 7:
        tile<Seven>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
        break;
      default:
        tile<Eight>(x, y, weights, offsets, counts, bias, add, addStride, rows, yStride, lo, hi);
    }
    vectors -= size;
    x += (<usize>size) << 4;
    y += (<usize>size) << 4;
    if (add) add += (<usize>size) << 4;
  }
}

/** All rows on Size vectors of every plane. */
function tile<Size>(
  x: usize,
  y: usize,
  weights: usize,
  offsets: usize,
  counts: usize,
  bias: usize,
  add: usize,
  addStride: usize,
  rows: i32,
  yStride: usize,
  lo: v128,
  hi: v128,
): void {
  for (let row = 0; row < rows; row++) {
    let s0 = splatOrZero(bias);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let s7 = s0;
    if (add) {
      s0 = f32x4.add(s0, v128.load(add));
      if (offsetof<Size>() > 1) s1 = f32x4.add(s1, v128.load(add, 16));
      if (offsetof<Size>() > 2) s2 = f32x4.add(s2, v128.load(add, 32));
      if (offsetof<Size>() > 3) s3 = f32x4.add(s3, v128.load(add, 48));
      if (offsetof<Size>() > 4) s4 = f32x4.add(s4, v128.load(add, 64));
      if (offsetof<Size>() > 5) s5 = f32x4.add(s5, v128.load(add, 80));
      if (offsetof<Size>() > 6) s6 = f32x4.add(s6, v128.load(add, 96));
      if (offsetof<Size>() > 7) s7 = f32x4.add(s7, v128.load(add, 112));
      add += addStride;
    }
    const end = weights + (load<usize>(counts) << 2);
    while (weights < end) {
      const plane = x + load<usize>(offsets);
      const weight = v128.load32_splat(weights);
      s0 = addProduct(s0, weight, v128.load(plane));
      if (offsetof<Size>() > 1) s1 = addProduct(s1, weight, v128.load(plane, 16));
      if (offsetof<Size>() > 2) s2 = addProduct(s2, weight, v128.load(plane, 32));
      if (offsetof<Size>() > 3) s3 = addProduct(s3, weight, v128.load(plane, 48));
      if (offsetof<Size>() > 4) s4 = addProduct(s4, weight, v128.load(plane, 64));
      if (offsetof<Size>() > 5) s5 = addProduct(s5, weight, v128.load(plane, 80));
      if (offsetof<Size>() > 6) s6 = addProduct(s6, weight, v128.load(plane, 96));
      if (offsetof<Size>() > 7) s7 = addProduct(s7, weight, v128.load(plane, 112));
      offsets += 4;
      weights += 4;
    }
    v128.store(y, clamp(s0, lo, hi));
    if (offsetof<Size>() > 1) v128.store(y, clamp(s1, lo, hi), 16);
    if (offsetof<Size>() > 2) v128.store(y, clamp(s2, lo, hi), 32);
    if (offsetof<Size>() > 3) v128.store(y, clamp(s3, lo, hi), 48);
    if (offsetof<Size>() > 4) v128.store(y, clamp(s4, lo, hi), 64);
    if (offsetof<Size>() > 5) v128.store(y, clamp(s5, lo, hi), 80);
    if (offsetof<Size>() > 6) v128.store(y, clamp(s6, lo, hi), 96);
    if (offsetof<Size>() > 7) v128.store(y, clamp(s7, lo, hi), 112);
    y += yStride;
    counts += 4;
    if (bias) bias += 4;
  }
}
