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
 * to nothing. The largest weight of a kernel stays, as in surgery: nothing comes through
 * a layer without any.
 *
 * @param most Bits as weightBits counts them; they are met to within half a percent, or
 *   remain below, unless one weight is left of each kernel.
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
    const candidates = kernels.map(({ values }, k) => candidatesOf(values, levels[k], bits[k].saved));
    // Weights that are neighbors save more together than each alone: not all at once.
    const limit = lambdaFor(candidates, 0.75 * missing);
    if (limit === undefined) break;
    lambda = Math.max(lambda, limit);
    for (const [k, { lambdas }] of candidates.entries()) {
      for (let at = 0; at < lambdas.length; at++) {
        if (lambdas[at] > limit) continue;
        levels[k][at] = 0;
        zeros[k][at] = 1;
      }
    }
  }
  for (const [k, { values }] of kernels.entries()) {
    for (let at = 0; at < values.length; at++) if (levels[k][at] === 0 && values[at] ** 2 < lambda) zeros[k][at] = 1;
  }
  return zeros;
}

interface Candidates {
  /** From which on each weight becomes 0; infinite for those that are, and that stay. */
  lambdas: Float32Array;
  saved: Float32Array;
}

function candidatesOf(values: Float32Array, levels: Float32Array, bits: Float32Array): Candidates {
  // Where nearly all weights are other than 0, a zero costs more than it saves.
  const saved = bits.map((each) => Math.max(1, each));
  const lambdas = values.map((value, at) => (levels[at] === 0 ? Number.POSITIVE_INFINITY : value ** 2 / saved[at]));
  if (lambdas.length > 0) lambdas[largestOf(values)] = Number.POSITIVE_INFINITY;
  return { lambdas, saved };
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (let at = 1; at < values.length; at++) if (Math.abs(values[at]) > Math.abs(values[largest])) largest = at;
  return largest;
}

/**
 * The smallest λ that saves so many bits, by bisection of the float32 numbers; the
 * largest there is if none does, none without candidates.
 */
function lambdaFor(candidates: readonly Candidates[], missing: number): number | undefined {
  const largest = candidates.reduce(
    (max, { lambdas }) =>
      lambdas.reduce((most, each) => (each < Number.POSITIVE_INFINITY && each > most ? each : most), max),
    -1,
  );
  if (largest < 0) return undefined;
  const number = new Float32Array(1);
  const key = new Uint32Array(number.buffer);
  number[0] = largest;
  let [low, high] = [0, key[0]];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    key[0] = middle;
    if (savedBy(candidates, number[0]) < missing) low = middle + 1;
    else high = middle;
  }
  key[0] = high;
  return number[0];
}

function savedBy(candidates: readonly Candidates[], lambda: number): number {
  let sum = 0;
  for (const { lambdas, saved } of candidates) {
    for (let at = 0; at < lambdas.length; at++) if (lambdas[at] <= lambda) sum += saved[at];
  }
  return sum;
}
