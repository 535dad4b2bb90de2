import { Unary } from './ops';

/**
 * Elementary functions of four numbers at once, in float32. Relative errors are a few
 * units in the last place where nothing else is said.
 */

/**
 * ln 2 as the sum of a number whose products with whole numbers up to 2¹⁵ are exact, and
 * the rest.
 */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444005469057;

/** Added to a number, this leaves a whole number in the last bits of the sum. */
const ROUND: f32 = 12582912;

/**
 * e^x, or e^x - 1 if `less`, which keeps its digits near x = 0; 0 below 2^-125. x = n ln
 * 2 + r, e^x = 2^n e^r, e^r = 1 + r + r² P(r), P by interpolation at Chebyshev's points
 * of |r| ≤ ln 2 / 2: the relative error is 1e-8 before rounding.
 */
export function exponential(x: v128, less: bool): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88.8));
  const sum = f32x4.add(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)), f32x4.splat(ROUND));
  const n = f32x4.sub(sum, f32x4.splat(ROUND));
  const r = f32x4.sub(f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let series = f32x4.splat(0.0013926250394433737);
  series = f32x4.add(f32x4.mul(series, r), f32x4.splat(0.00836323294788599));
  series = f32x4.add(f32x4.mul(series, r), f32x4.splat(0.04166655242443085));
  series = f32x4.add(f32x4.mul(series, r), f32x4.splat(0.16666576266288757));
  series = f32x4.add(f32x4.mul(series, r), f32x4.splat(0.5));
  series = f32x4.add(f32x4.mul(f32x4.mul(r, r), series), r);
  // Half of 2^n, as 2^128 is no float32.
  const half = i32x4.add(i32x4.shl(sum, 23), i32x4.splat(126 << 23));
  if (less) {
    const power = f32x4.add(half, half);
    return f32x4.add(f32x4.mul(power, series), f32x4.sub(power, f32x4.splat(1)));
  }
  const value = f32x4.add(series, f32x4.splat(1));
  return f32x4.mul(f32x4.add(value, value), half);
}

/**
 * ln x of x > 0 that is no subnormal number: x = 2^n m, ln m = 2 artanh s, s = (m - 1) /
 * (m + 1).
 */
export function logarithm(x: v128): v128 {
  // √½ ≤ m < √2, by the bits of √½.
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const n = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const s = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const square = f32x4.mul(s, s);
  let series = f32x4.splat(2 / 9);
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(2 / 7));
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(2 / 5));
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(2 / 3));
  series = f32x4.mul(f32x4.mul(series, square), s);
  series = f32x4.add(series, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  return f32x4.add(f32x4.add(series, f32x4.add(s, s)), f32x4.mul(n, f32x4.splat(LN2_HIGH)));
}

/** 1 / (1 + e^-x) */
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x), false)));
}

/** (e^2x - 1) / (e^2x + 1) */
function tanh(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.add(x, x), f32x4.splat(40));
  const e = exponential(bounded, true);
  return f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
}

/**
 * ln(1 + e^x) = max(x, 0) + ln(1 + u), u = e^-|x|; what is lost where 1 + u is rounded is
 * added again.
 */
function softplus(x: v128): v128 {
  const u = exponential(f32x4.neg(f32x4.abs(x)), false);
  const sum = f32x4.add(f32x4.splat(1), u);
  const lost = f32x4.div(f32x4.sub(u, f32x4.sub(sum, f32x4.splat(1))), sum);
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.add(logarithm(sum), lost));
}

/** x tanh(ln(1 + e^x)) = x t / (t + 2), t = e^x (e^x + 2). */
function mish(x: v128): v128 {
  const e = exponential(f32x4.pmin(x, f32x4.splat(30)), false);
  const t = f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
  return f32x4.mul(x, f32x4.div(t, f32x4.add(t, f32x4.splat(2))));
}

/**
 * x (1 + erf(x / √2)) / 2, erf by Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 7.1.26: the error of erf is below 5e-7.
 */
function gelu(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(<f32>Math.SQRT1_2));
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(z, f32x4.splat(0.3275911))));
  let series = f32x4.splat(1.061405429);
  series = f32x4.add(f32x4.mul(series, t), f32x4.splat(-1.453152027));
  series = f32x4.add(f32x4.mul(series, t), f32x4.splat(1.421413741));
  series = f32x4.add(f32x4.mul(series, t), f32x4.splat(-0.284496736));
  series = f32x4.add(f32x4.mul(series, t), f32x4.splat(0.254829592));
  // 1 - erf z
  const rest = f32x4.mul(f32x4.mul(series, t), exponential(f32x4.neg(f32x4.mul(z, z)), false));
  const negative = f32x4.lt(x, f32x4.splat(0));
  const twice = v128.bitselect(rest, f32x4.sub(f32x4.splat(2), rest), negative);
  return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), twice);
}

/** yes where x ≥ 0, else no. */
function positive(x: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, f32x4.ge(x, f32x4.splat(0)));
}

/** One of `Unary` of four numbers. */
export function apply(kind: i32, x: v128, a: v128, b: v128): v128 {
  switch (kind) {
    case Unary.clamp:
      return f32x4.pmin(f32x4.pmax(x, a), b);
    case Unary.leaky:
      return positive(x, x, f32x4.mul(a, x));
    case Unary.elu:
      return positive(x, x, f32x4.mul(a, exponential(x, true)));
    case Unary.selu:
      return f32x4.mul(
        f32x4.splat(1.0507009873554805),
        positive(x, x, f32x4.mul(f32x4.splat(1.6732632423543772), exponential(x, true))),
      );
    case Unary.sigmoid:
      return sigmoid(x);
    case Unary.hardSigmoid:
      x = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5));
      return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(1));
    case Unary.tanh:
      return tanh(x);
    case Unary.softplus:
      return softplus(x);
    case Unary.softsign:
      return f32x4.div(x, f32x4.add(f32x4.abs(x), f32x4.splat(1)));
    case Unary.swish:
      return f32x4.mul(x, sigmoid(f32x4.mul(a, x)));
    case Unary.mish:
      return mish(x);
    case Unary.gelu:
      return gelu(x);
    case Unary.geluTanh: {
      // x (1 + tanh u) / 2 = x sigmoid(2u), u = √(2 / π) (x + 0.044715 x³)
      const cubic = f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(0.044715), f32x4.mul(x, x)));
      return f32x4.mul(x, sigmoid(f32x4.mul(f32x4.mul(x, f32x4.splat(1.5957691216057308)), cubic)));
    }
    case Unary.threshold:
      return v128.and(x, f32x4.gt(x, a));
  }
  // Chains of dense layers have no others: see build.mjs.
  return ALL ? applyMore(kind, x, a, b) : x;
}

function applyMore(kind: i32, x: v128, a: v128, b: v128): v128 {
  switch (kind) {
    case Unary.exp:
      return exponential(x, false);
    case Unary.affine:
      return f32x4.add(f32x4.mul(a, x), b);
    case Unary.rsqrt:
      return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
    case Unary.abs:
      return f32x4.abs(x);
    case Unary.power:
      return exponential(f32x4.mul(a, logarithm(x)), false);
  }
  return x;
}
