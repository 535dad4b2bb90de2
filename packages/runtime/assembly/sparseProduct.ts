import { Five, Four, One, Seven, Six, Three, Two } from './count';
import { addProduct, clamp, splatOrZero } from './vectors';

/**
 * So many tiles beside each other are computed before the next row of the matrix: they
 * lie on the same pages of memory.
 */
const SIDE: i32 = 64;

/**
 * Sparse matrix by planes, in tiles of up to seven vectors of every plane: as many as V8
 * keeps in registers, a sum for each. Tiles are of about the same size, as one vector
 * alone takes nearly as long as three.
 */
export function sparseProduct(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  let add = ALL ? load<usize>(p, 24) : 0;
  let vectors = load<i32>(p, 36);
  while (vectors > 0) {
    let size: i32;
    let side = 1;
    if (ALL) {
      const tiles = (vectors + 6) / 7;
      size = (vectors + tiles - 1) / tiles;
      // As many as there are of this size; the others have one vector less.
      side = min(vectors - tiles * (size - 1), SIDE);
    } else {
      // In the module for dense layers, where bytes count more, there are three sizes.
      size = vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
    }
    switch (size) {
      case 1:
        tile<One>(p, x, y, add, side);
        break;
      case 2:
        tile<Two>(p, x, y, add, side);
        break;
      case 3:
        if (ALL) tile<Three>(p, x, y, add, side);
        break;
      case 4:
        tile<Four>(p, x, y, add, side);
        break;
      case 5:
        if (ALL) tile<Five>(p, x, y, add, side);
        break;
      case 6:
        if (ALL) tile<Six>(p, x, y, add, side);
        break;
      default:
        if (ALL) tile<Seven>(p, x, y, add, side);
    }
    const done = size * side;
    vectors -= done;
    x += (<usize>done) << 4;
    y += (<usize>done) << 4;
    if (ALL && add) add += (<usize>done) << 4;
  }
}

/** All rows on `side` tiles of Size vectors of every plane. */
function tile<Size>(p: usize, x: usize, y: usize, add: usize, side: i32): void {
  let weights = load<usize>(p, 8);
  let offsets = load<usize>(p, 12);
  let counts = load<usize>(p, 16);
  let bias = load<usize>(p, 20);
  const addStride = ALL ? load<usize>(p, 28) : 0;
  const rows = load<i32>(p, 32);
  const yStride = load<usize>(p, 40);
  const lo = v128.load32_splat(p, 44);
  const hi = v128.load32_splat(p, 48);
  for (let row = 0; row < rows; row++) {
    const value = splatOrZero(bias);
    const rowWeights = weights;
    const rowOffsets = offsets;
    const end = weights + (load<usize>(counts) << 2);
    let x0 = x;
    let y0 = y;
    let add0 = add;
    for (let tiles = ALL ? side : 1; tiles > 0; tiles--) {
      let s0 = value;
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let s4 = s0;
      let s5 = s0;
      let s6 = s0;
      if (ALL && add0) {
        s0 = f32x4.add(s0, v128.load(add0));
        if (offsetof<Size>() > 1) s1 = f32x4.add(s1, v128.load(add0, 16));
        if (offsetof<Size>() > 2) s2 = f32x4.add(s2, v128.load(add0, 32));
        if (offsetof<Size>() > 3) s3 = f32x4.add(s3, v128.load(add0, 48));
        if (offsetof<Size>() > 4) s4 = f32x4.add(s4, v128.load(add0, 64));
        if (offsetof<Size>() > 5) s5 = f32x4.add(s5, v128.load(add0, 80));
        if (offsetof<Size>() > 6) s6 = f32x4.add(s6, v128.load(add0, 96));
      }
      weights = rowWeights;
      offsets = rowOffsets;
      while (weights < end) {
        const plane = x0 + load<usize>(offsets);
        const weight = v128.load32_splat(weights);
        s0 = addProduct(s0, weight, v128.load(plane));
        if (offsetof<Size>() > 1) s1 = addProduct(s1, weight, v128.load(plane, 16));
        if (offsetof<Size>() > 2) s2 = addProduct(s2, weight, v128.load(plane, 32));
        if (offsetof<Size>() > 3) s3 = addProduct(s3, weight, v128.load(plane, 48));
        if (offsetof<Size>() > 4) s4 = addProduct(s4, weight, v128.load(plane, 64));
        if (offsetof<Size>() > 5) s5 = addProduct(s5, weight, v128.load(plane, 80));
        if (offsetof<Size>() > 6) s6 = addProduct(s6, weight, v128.load(plane, 96));
        offsets += 4;
        weights += 4;
      }
      v128.store(y0, clamp(s0, lo, hi));
      if (offsetof<Size>() > 1) v128.store(y0, clamp(s1, lo, hi), 16);
      if (offsetof<Size>() > 2) v128.store(y0, clamp(s2, lo, hi), 32);
      if (offsetof<Size>() > 3) v128.store(y0, clamp(s3, lo, hi), 48);
      if (offsetof<Size>() > 4) v128.store(y0, clamp(s4, lo, hi), 64);
      if (offsetof<Size>() > 5) v128.store(y0, clamp(s5, lo, hi), 80);
      if (offsetof<Size>() > 6) v128.store(y0, clamp(s6, lo, hi), 96);
      x0 += offsetof<Size>() << 4;
      y0 += offsetof<Size>() << 4;
      if (ALL && add0) add0 += offsetof<Size>() << 4;
    }
    if (ALL && add) add += addStride;
    y += yStride;
    counts += 4;
    if (bias) bias += 4;
  }
}
