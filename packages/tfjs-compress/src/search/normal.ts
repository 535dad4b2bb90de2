/**
 * Of the normal distribution, from two of the uniform one on [0, 1) (Box and Muller,
 * 1958).
 */
export function normal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
