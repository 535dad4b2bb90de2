/** The nearest float16, ties to even, as a number; ±65504 beyond that; NaN stays NaN. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude >= 65504) return Math.sign(value) * 65504;
  // Adding and subtracting 2^(e + 42) rounds to multiples of 2^(e - 10), ties to even.
  const big = 2 ** (halfExponent(magnitude) + 42);
  const rounded = magnitude + big - big;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** The bits of the nearest float16. */
export function halfBits(value: number): number {
  const rounded = roundToHalf(value);
  const sign = rounded < 0 || Object.is(rounded, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(rounded);
  if (Number.isNaN(rounded)) return 0x7e00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  const exponent = halfExponent(magnitude);
  return sign | ((exponent + 15) << 10) | ((magnitude / 2 ** exponent - 1) * 1024);
}

/** The exponent of a magnitude below 65536, at least -14 (smaller ones are subnormal). */
function halfExponent(magnitude: number): number {
  let exponent = -14;
  while (magnitude >= 2 ** (exponent + 1)) exponent++;
  return exponent;
}

/**
 * The values of float16s: a half's bits, 13 places up, are a float of 2^-112 times it.
 */
export function fromHalves(halves: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    bits[i] = (half & 0x7fff) << 13;
    let value = values[i] * 2 ** 112;
    if ((half & 0x7c00) === 0x7c00) value = half & 1023 ? Number.NaN : Number.POSITIVE_INFINITY;
    values[i] = half & 0x8000 ? -value : value;
  }
  return values;
}
