import { addProduct, clamp } from './vectors';

/**
 * Sparse matrix by a vector: blocks of four rows beside each other, a step takes one
 * weight of each. Rows are in the order of their weights' number, so that blocks are
 * hardly filled up.
 */
export function sparseVector(p: usize): void {
  const x = load<usize>(p);
  const y = load<usize>(p, 4);
  let weights = load<usize>(p, 8);
  let indexes = load<usize>(p, 12);
  let block = load<usize>(p, 16);
  const bias = load<usize>(p, 20);
  const lo = v128.load32_splat(p, 28);
  const hi = v128.load32_splat(p, 32);
  for (let left = load<i32>(p, 24); left > 0; left--, block += 10) {
    const end = indexes + ((<usize>load<u16>(block)) << 3);
    let sum = bias ? gather(bias, block + 2) : f32x4.splat(0);
    for (; indexes < end; indexes += 8, weights += 16) {
      sum = addProduct(sum, gather(x, indexes), v128.load(weights));
    }
    sum = clamp(sum, lo, hi);
    v128.store32_lane(at(y, block + 2), sum, 0);
    v128.store32_lane(at(y, block + 4), sum, 1);
    v128.store32_lane(at(y, block + 6), sum, 2);
    v128.store32_lane(at(y, block + 8), sum, 3);
  }
}

/** Of four numbers, those whose places are the four u16 at `indexes`. */
function gather(from: usize, indexes: usize): v128 {
  let v = v128.load32_zero(at(from, indexes));
  v = v128.load32_lane(at(from, indexes + 2), v, 1);
  v = v128.load32_lane(at(from, indexes + 4), v, 2);
  return v128.load32_lane(at(from, indexes + 6), v, 3);
}

function at(from: usize, index: usize): usize {
  return from + ((<usize>load<u16>(index)) << 2);
}
