import { damp, shrinkProducts } from '@tfjs-compress/math';

/**
 * Of the mean of the diagonal, added to the diagonal. GPTQ takes 0.01, which also stands
 * in for what few examples do not tell; here shrinkProducts() does that.
 */
const damping = 0.001;

/**
 * Sums over the inputs of a kernel: x as they were in the given model, x̂ as they are.
 */
export class Sums {
  count = 0;
  /** Σ x̂ x̂ᵀ of each Hessian. */
  readonly hessians: Float64Array[];
  /** Σ x̂ (x - x̂)ᵀ */
  readonly drifts: Float64Array[];
  /** Σ x̂ */
  readonly totals: Float64Array[];
  /** Σ x */
  readonly totalsBefore: Float64Array[];
  /**
   * Σ x̂ d of each output, d what it has to make up for beside the drift of its inputs.
   */
  shortfalls: Float64Array[] = [];
  /** Σ d */
  shortfallTotals = new Float64Array();

  /** @param sizes Inputs of each Hessian. */
  constructor(sizes: number[]) {
    const lists = (length: (size: number) => number) => sizes.map((size) => new Float64Array(length(size)));
    this.hessians = lists((size) => size * size);
    this.drifts = lists((size) => size * size);
    this.totals = lists((size) => size);
    this.totalsBefore = lists((size) => size);
  }

  /** The sums of both. */
  plus(other: Sums): Sums {
    const result = new Sums(this.totals.map(({ length }) => length));
    for (const each of [this, other]) {
      result.count += each.count;
      for (const name of ['hessians', 'drifts', 'totals', 'totalsBefore'] as const)
        for (const [i, values] of each[name].entries()) addTo(result[name], i, values);
      if (each.shortfalls.length > 0) {
        result.makeShortfalls(each.shortfalls.length);
        for (const [n, values] of each.shortfalls.entries()) addTo(result.shortfalls, n, values);
        addTo([result.shortfallTotals], 0, each.shortfallTotals);
      }
    }
    return result;
  }

  makeShortfalls(outputs: number): void {
    if (this.shortfalls.length > 0) return;
    this.shortfalls = Array.from({ length: outputs }, () => new Float64Array(this.totals[0].length));
    this.shortfallTotals = new Float64Array(outputs);
  }

  /**
   * Makes covariances of the products: of an output whose mean is corrected afterwards,
   * only its differences from the mean matter.
   */
  center(): void {
    for (const [i, h] of this.hessians.entries()) {
      const sum = this.totals[i];
      const size = sum.length;
      for (let j = 0; j < size; j++) {
        // What rounding leaves of an input that never changes is nothing.
        const least = 1e-5 * h[j * size + j];
        for (let k = 0; k < size; k++) {
          h[j * size + k] -= (sum[j] * sum[k]) / this.count;
          this.drifts[i][j * size + k] -= (sum[j] * (this.totalsBefore[i][k] - sum[k])) / this.count;
        }
        if (h[j * size + j] < least) h[j * size + j] = 0;
      }
    }
    for (const [n, row] of this.shortfalls.entries())
      for (let j = 0; j < row.length; j++) row[j] -= (this.totals[0][j] * this.shortfallTotals[n]) / this.count;
  }

  /**
   * Makes the products positive definite, and no more certain than so many examples make
   * them.
   *
   * @param least By how much products are drawn to 0 at least, for each Hessian.
   */
  damp(least: readonly number[] = []): void {
    for (const [i, h] of this.hessians.entries()) {
      const size = this.totals[i].length;
      const share = shrinkProducts(h, size, this.count, least[i]);
      const drift = this.drifts[i];
      for (let j = 0; j < drift.length; j++) if (j % (size + 1) !== 0) drift[j] *= 1 - share;
      damp(h, size, damping);
    }
  }

  /** The mean of each input. */
  get means(): Float64Array[] {
    return this.#meansOf(this.totals);
  }

  /** The mean that each input had. */
  get meansBefore(): Float64Array[] {
    return this.#meansOf(this.totalsBefore);
  }

  #meansOf(totals: Float64Array[]): Float64Array[] {
    return totals.map((total) => total.map((value) => value / Math.max(1, this.count)));
  }
}

/**
 * How much of the products of different inputs is chance, by how much they differ between
 * two halves of the examples: neighbouring positions of an image are alike, and tell
 * less than as many that are independent.
 */
export function chanceOf(a: Sums, b: Sums): number[] {
  return a.hessians.map((h, i) => {
    const size = a.totals[i].length;
    const other = b.hessians[i];
    // To the same number of examples.
    const scale = b.count > 0 ? a.count / b.count : 0;
    let [apart, together] = [0, 0];
    for (let j = 0; j < h.length; j++) {
      if (j % (size + 1) === 0) continue;
      apart += (h[j] - scale * other[j]) ** 2;
      together += (h[j] + scale * other[j]) ** 2;
    }
    return scale > 0 && together > 0 ? Math.min(1, apart / together) : 0;
  });
}

/**
 * Adds values that belong to one array, or to all of equal length one after the other.
 */
export function addTo(sums: Float64Array[], first: number, values: ArrayLike<number>): void {
  let at = 0;
  for (let i = first; at < values.length; i++) {
    const sum = sums[i];
    for (let j = 0; j < sum.length; j++) sum[j] += values[at++];
  }
}
