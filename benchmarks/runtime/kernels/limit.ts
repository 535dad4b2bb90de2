/**
 * Multiplications and additions of four float32 that this module can do at most: 10 sums in registers, n times. 40 n pairs.
 */
export function multiplyAdd(n: i32, value: f32): f32 {
  const a = f32x4.splat(value);
  const b = f32x4.splat(value * 0.5);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(1);
  let s2 = f32x4.splat(2);
  let s3 = f32x4.splat(3);
  let s4 = f32x4.splat(4);
  let s5 = f32x4.splat(5);
  let s6 = f32x4.splat(6);
  let s7 = f32x4.splat(7);
  let s8 = f32x4.splat(8);
  let s9 = f32x4.splat(9);
  for (; n > 0; n--) {
    s0 = f32x4.add(f32x4.mul(s0, a), b);
    s1 = f32x4.add(f32x4.mul(s1, a), b);
    s2 = f32x4.add(f32x4.mul(s2, a), b);
    s3 = f32x4.add(f32x4.mul(s3, a), b);
    s4 = f32x4.add(f32x4.mul(s4, a), b);
    s5 = f32x4.add(f32x4.mul(s5, a), b);
    s6 = f32x4.add(f32x4.mul(s6, a), b);
    s7 = f32x4.add(f32x4.mul(s7, a), b);
    s8 = f32x4.add(f32x4.mul(s8, a), b);
    s9 = f32x4.add(f32x4.mul(s9, a), b);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(s0, s1), s2), f32x4.add(s3, s4));
  const high = f32x4.add(f32x4.add(f32x4.add(s5, s6), s7), f32x4.add(s8, s9));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}
