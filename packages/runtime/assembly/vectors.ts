/** Vectors of four float32. */

/** v within lo … hi; NaN stays NaN. */
export function clamp(v: v128, lo: v128, hi: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, lo), hi);
}

/**
 * sum + a·b. The sum is the second operand, as src/program/fuse.ts looks for this order
 * to make one instruction of it.
 */
export function addProduct(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** The first number at an address, or 0 where there is no address: four times. */
export function splatOrZero(at: usize): v128 {
  return at ? v128.load32_splat(at) : f32x4.splat(0);
}

/** Writes the first `count` (1 … 3) numbers of v. */
export function storeFirst(to: usize, v: v128, count: i32): void {
  if (count >= 2) {
    v128.store64_lane(to, v, 0);
    if (count > 2) v128.store32_lane(to, v, 2, 8);
  } else v128.store32_lane(to, v, 0);
}

/** The sum of the four numbers. */
export function sumOf(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** The greatest of the four numbers. */
export function maximumOf(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}
