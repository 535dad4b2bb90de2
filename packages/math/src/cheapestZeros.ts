import { neighborStride, weightBits } from './weightBits.js';

/** A kernel that is being put on levels. */
export interface LeveledKernel {
  values: Float32Array;
  /** Each value's nearest level. */
  levels: Float32Array;
  shape: readonly number[];
}

/** Bits are met to within this share of them. */
const tolerance = 0.005;

/**
 * Rate-aware rounding: which weights become 0 so that the kernels together take at most
 * `most` bits in a .tfz file. DeepCABAC (arXiv:1907.11900) gives a weight w the level q
 * with the least (w - q)² + λ · bits(q). Here λ is the one that leads to `most`, and
 * a weight becomes 0 when w² < λ · (bits that this saves). Its nearest level is taken to
 * cost no error, for what is rounded later is trained until then. Other levels save next
 * to nothing.
 *
 * @param most Bits as weightBits counts them; they are met to within half a percent, or
 *   remain below.
 * @returns For each kernel 1 where a weight becomes 0, else 0. Weights whose nearest
 *   level is 0 are among them if they lose no more than the others.
 */
export function cheapestZeros(kernels: readonly LeveledKernel[], most: number): Uint8Array[] {
  const levels = kernels.map((kernel) => kernel.levels.slice());
  const zeros = kernels.map(({ values }) => new Uint8Array(values.length));
  const strides = kernels.map((kernel) => neighborStride(kernel.levels, kernel.shape));
  let lambda = 0;
  for (;;) {
    const bits = kernels.map(({ shape }, k) => weightBits(levels[k], shape, strides[k]));
    const missing = bits.reduce((sum, { total }) => sum + total, 0) - most;
    if (missing <= tolerance * most) break;
    const candidates = kernels.flatMap(({ values }, k) => candidatesOf(k, values, levels[k], bits[k].saved));
    if (candidates.length === 0) break;
    candidates.sort((a, b) => a.lambda - b.lambda);
    // Weights that are neighbors save more together than each alone: not all at once.
    for (let i = 0, taken = 0; i < candidates.length && (i === 0 || taken < 0.75 * missing); i++) {
      const { k, at, saved } = candidates[i];
      levels[k][at] = 0;
      zeros[k][at] = 1;
      taken += saved;
      lambda = Math.max(lambda, candidates[i].lambda);
    }
  }
  for (const [k, { values }] of kernels.entries()) {
    for (let at = 0; at < values.length; at++) if (levels[k][at] === 0 && values[at] ** 2 < lambda) zeros[k][at] = 1;
  }
  return zeros;
}

/** The λ from which on each weight of kernel k becomes 0. */
function candidatesOf(k: number, values: Float32Array, levels: Float32Array, bits: Float32Array) {
  const candidates = [];
  for (let at = 0; at < values.length; at++) {
    if (levels[at] === 0) continue;
    // Where nearly all weights are other than 0, a zero costs more than it saves.
    const saved = Math.max(1, bits[at]);
    candidates.push({ k, at, saved, lambda: values[at] ** 2 / saved });
  }
  return candidates;
}
