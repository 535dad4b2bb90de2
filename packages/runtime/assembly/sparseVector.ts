import { addProduct, clamp } from './vectors';

/**
 * Sparse matrix by a vector: blocks of eight rows beside each other, a step takes one
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
  for (let left = load<i32>(p, 24); left > 0; left--, block += 18) {
    const end = indexes + ((<usize>load<u16>(block)) << 4);
    let first = bias ? gather(bias, block + 2) : f32x4.splat(0);
    let second = bias ? gather(bias, block + 10) : f32x4.splat(0);
    for (; indexes < end; indexes += 16, weights += 32) {
      first = addProduct(first, gather(x, indexes), v128.load(weights));
      second = addProduct(second, gather(x, indexes + 8), v128.load(weights, 16));
    }
    scatter(y, block + 2, clamp(first, lo, hi));
    scatter(y, block + 10, clamp(second, lo, hi));
  }
}

/** Of four numbers, those whose places are the four u16 at `indexes`. */
function gather(from: usize, indexes: usize): v128 {
  let v = v128.load32_zero(at(from, indexes));
  v = v128.load32_lane(at(from, indexes + 2), v, 1);
  v = v128.load32_lane(at(from, indexes + 4), v, 2);
  return v128.load32_lane(at(from, indexes + 6), v, 3);
}

/** Puts four numbers in these places. */
function scatter(to: usize, indexes: usize, v: v128): void {
  v128.store32_lane(at(to, indexes), v, 0);
  v128.store32_lane(at(to, indexes + 2), v, 1);
  v128.store32_lane(at(to, indexes + 4), v, 2);
  v128.store32_lane(at(to, indexes + 6), v, 3);
}

function at(from: usize, index: usize): usize {
  return from + ((<usize>load<u16>(index)) << 2);
}
