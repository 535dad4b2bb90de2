import { check } from '../checks.js';

/**
 * Work that can be left and gone on with at each yield, so that a page is not held up.
 */
export type Steps<T> = Generator<void, T, void>;

/** A pivot's share of its place on the diagonal, at least. */
const leastPivot = 1e-4;

/** Multiplications between two yields. */
const turn = 4e6;

/**
 * What rounding with feedback needs of a Hessian H (positive definite, symmetric):
 * H = (U + I) D (U + I)ᵀ with U strictly upper triangular and D diagonal (QuIP,
 * arXiv:2307.13304, section 3). It is the Cholesky decomposition begun at the last row.
 */
export interface Feedback {
  size: number;
  /** Row j holds column j of U: its first j values count. [size, size] */
  columns: Float64Array;
  /** D. */
  diagonal: Float64Array;
}

/**
 * Draws the products of different inputs towards 0, by as much as chance has made them
 * what they are: few examples show correlations that are not there. The share is that of
 * Schäfer and Strimmer, A shrinkage approach to large-scale covariance matrix estimation
 * (2005), target D, Var(s_ij) = (s_ii s_jj + s_ij²) / n, as of normally distributed
 * inputs.
 *
 * ```js
 * const h = Float64Array.of(2, 1, 1, 2); // of two examples
 * console.log(shrinkProducts(h, 2, 2) > 0, h[1] < 1); // → true true
 * ```
 *
 * @param h Σ x xᵀ, [size, size]; changed in place.
 * @param count How many x there were.
 * @param least The share is not smaller than that. Default 0.
 * @returns The share, 0 for nothing, 1 for products that are 0 afterwards.
 */
export function shrinkProducts(h: Float64Array, size: number, count: number, least = 0): number {
  let [variance, squares] = [0, 0];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const square = h[i * size + j] ** 2;
      variance += (h[i * size + i] * h[j * size + j] + square) / count;
      squares += square;
    }
  }
  const share = squares > 0 && count > 0 ? Math.min(1, Math.max(least, variance / squares)) : 1;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) if (i !== j) h[i * size + j] *= 1 - share;
  return share;
}

/**
 * Adds `damping` times the mean of the diagonal to the diagonal, which makes any sum of
 * x xᵀ positive definite (GPTQ, arXiv:2210.17323, section 3.3, step 3). An input that is
 * always 0 gets something there, and no products with others.
 *
 * ```js
 * const h = Float64Array.of(2, 0, 0, 0);
 * console.log(damp(h, 2, 0.01)); // → 1
 * ```
 *
 * @param h [size, size]; changed in place.
 * @param damping A share, as 0.01.
 * @returns How many inputs are always 0.
 * @throws ArgumentError when h does not have size² values.
 */
export function damp(h: Float64Array, size: number, damping: number): number {
  check(h.length === size * size, 'h', `${size}² values`, h.length);
  let [sum, dead] = [0, 0];
  for (let i = 0; i < size; i++) sum += h[i * size + i];
  const added = (damping * sum) / size;
  for (let i = 0; i < size; i++) {
    if (h[i * size + i] > 0) h[i * size + i] += added;
    else {
      dead++;
      for (let j = 0; j < size; j++) h[i * size + j] = h[j * size + i] = 0;
      h[i * size + i] = added > 0 ? added : 1;
    }
  }
  return dead;
}

/**
 * Where the rounding of sums has left a matrix that is not positive definite, the factors
 * are those of one with a larger diagonal (as in Gill and Murray's modified Cholesky).
 *
 * @param h [size, size], symmetric, with a positive diagonal; not changed.
 */
export function* feedbackOf(h: Float64Array, size: number): Steps<Feedback> {
  const r = new Float64Array(size * size);
  let work = 0;
  for (let j = size - 1; j >= 0; j--) {
    const at = j * size;
    let rest = h[at + j];
    for (let k = j + 1; k < size; k++) rest -= r[at + k] * r[at + k];
    const pivot = Math.sqrt(Math.max(rest, leastPivot * h[at + j]));
    r[at + j] = pivot;
    for (let i = 0; i < j; i++) {
      const row = i * size;
      r[row + j] = (h[row + j] - dot(r, row + j + 1, r, at + j + 1, size - j - 1)) / pivot;
    }
    work += j * (size - j);
    if (work > turn) {
      work = 0;
      yield;
    }
  }
  const columns = new Float64Array(size * size);
  const diagonal = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const pivot = r[j * size + j];
    diagonal[j] = pivot * pivot;
    for (let i = 0; i < j; i++) columns[j * size + i] = r[i * size + j] / pivot;
  }
  return { size, columns, diagonal };
}

/**
 * The diagonal of H⁻¹, of which Optimal Brain Surgeon's saliencies are made. With
 * V = (U + I)⁻¹, H⁻¹ = Vᵀ D⁻¹ V.
 */
export function* inverseDiagonal({ size, columns, diagonal }: Feedback): Steps<Float64Array> {
  const result = new Float64Array(size);
  // Column j of V, from its end to its beginning: (U + I) v = unit vector j.
  const v = new Float64Array(size);
  let work = 0;
  for (let j = 0; j < size; j++) {
    v.fill(0, 0, j);
    v[j] = 1;
    let sum = 1 / diagonal[j];
    for (let k = j; k >= 0; k--) {
      const value = v[k];
      if (k < j) sum += (value * value) / diagonal[k];
      if (value === 0) continue;
      const row = k * size;
      for (let i = 0; i < k; i++) v[i] -= value * columns[row + i];
    }
    result[j] = sum;
    work += (j * j) / 2;
    if (work > turn) {
      work = 0;
      yield;
    }
  }
  return result;
}

/**
 * Σ a[i] b[i] over `count` neighbouring values; four sums, which do not wait for each
 * other.
 */
export function dot(a: Float64Array, from: number, b: Float64Array, fromB: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < count; i += 4) {
    s0 += a[from + i] * b[fromB + i];
    s1 += a[from + i + 1] * b[fromB + i + 1];
    s2 += a[from + i + 2] * b[fromB + i + 2];
    s3 += a[from + i + 3] * b[fromB + i + 3];
  }
  for (; i < count; i++) s0 += a[from + i] * b[fromB + i];
  return s0 + s1 + s2 + s3;
}
