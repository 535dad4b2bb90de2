/** y of x with parameters a and b. Imported as a whole, as are Op and Binary. */

/** min(max(x, a), b) */
export const clamp = 0;
/** x ≥ 0 ? x : a x */
export const leaky = 1;
/** x ≥ 0 ? x : a (e^x - 1) */
export const elu = 2;
export const selu = 3;
export const sigmoid = 4;
/** min(max(.2 x + .5, 0), 1) */
export const hardSigmoid = 5;
export const tanh = 6;
export const softplus = 7;
export const softsign = 8;
/** x sigmoid(a x) */
export const swish = 9;
export const mish = 10;
/** x Φ(x), by erf */
export const gelu = 11;
/** the same by tanh */
export const geluTanh = 12;
export const exp = 13;
/** x > a ? x : 0 */
export const threshold = 14;
/** a x + b */
export const affine = 15;
export const rsqrt = 16;
export const abs = 17;
/** x of itself: linear */
export const linear = 18;
/**
 * x^a of a finite x > 2^-126, to |a ln x| 2^-23: for x near 1, as in local response
 * normalization.
 */
export const power = 19;
