import * as tf from '@tensorflow/tfjs-core';
import { damp, shrinkProducts } from '@tfjs-compress/math';
import { type KernelInputs, tensorOf } from './kernelInputs.js';
import { partsOf } from './layout.js';

/**
 * Of the mean of the diagonal, added to the diagonal. GPTQ takes 0.01, which also stands in
 * for what few examples do not tell; here shrinkProducts() does that.
 */
const damping = 0.001;

/** Sums of one call, for the Hessians from `first` on; `count` positions. */
interface Pending {
  first: number;
  count: number;
  sum: tf.Tensor;
  /** Of the inputs as they were. */
  sumBefore: tf.Tensor;
  products: tf.Tensor;
  drifts?: tf.Tensor;
}

/**
 * Sums over the inputs of a kernel: their products (the Hessian, up to a factor) and means,
 * and how they have drifted from what they were in the given model. Each batch is summed
 * where tensors are, the batches in float64.
 */
export class Moments {
  readonly hessians: Float64Array[];
  /** Σ x̂ (x - x̂)ᵀ, x̂ the inputs as they are and x as they were. */
  readonly drifts: Float64Array[];
  readonly #sums: Float64Array[];
  readonly #sumsBefore: Float64Array[];
  /** Whether it is not known what the kernel is multiplied with. */
  isUnknown = false;
  #count = 0;
  /** Of the batch that is being computed, on the backend. */
  #pending: Pending[] = [];

  /** @param sizes Inputs of each Hessian. */
  constructor(sizes: number[]) {
    this.hessians = sizes.map((size) => new Float64Array(size * size));
    this.drifts = sizes.map((size) => new Float64Array(size * size));
    this.#sums = sizes.map((size) => new Float64Array(size));
    this.#sumsBefore = sizes.map((size) => new Float64Array(size));
  }

  /** What is kept is on the backend, until read() has it. */
  add(now: KernelInputs, before: KernelInputs): void {
    tf.tidy(() => {
      for (const pending of this.#summed(now, before)) {
        for (const each of tensorsOf(pending)) tf.keep(each);
        this.#pending.push(pending);
      }
    });
  }

  #summed(now: KernelInputs, before: KernelInputs): Pending[] {
    if (now.kind === 'counts' || before.kind === 'counts') {
      const copy = () => tf.clone(tensorOf(now));
      return [{ first: 0, count: 0, sum: copy(), sumBefore: copy(), products: copy() }];
    }
    const sums = (x: tf.Tensor, was: tf.Tensor, axis: number) => {
      const perm = axis === 1 ? [0, 2, 1] : [1, 0];
      const transposed = tf.transpose(x, perm);
      return {
        sum: tf.sum(x, axis),
        sumBefore: tf.sum(was, axis),
        products: tf.matMul(transposed, x),
        drifts: tf.matMul(transposed, tf.sub(was, x)),
      };
    };
    const { rows } = now;
    if (rows.rank === 3) return [{ first: 0, count: rows.shape[1], ...sums(rows, before.rows, 1) }];
    return partsOf(rows.shape[1]).map(([from, size], i) => {
      const part = (x: tf.Tensor) => (size === rows.shape[1] ? x : tf.slice(x, [0, from], [-1, size]));
      return { first: i, count: i === 0 ? rows.shape[0] : 0, ...sums(part(rows), part(before.rows), 0) };
    });
  }

  /** Takes what add() kept of a batch. */
  async read(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    try {
      for (const { first, count, sum, sumBefore, products, drifts } of pending) {
        this.#count += count;
        addTo(this.#sums, first, await sum.data());
        addTo(this.#sumsBefore, first, await sumBefore.data());
        addTo(this.hessians, first, await products.data());
        if (drifts) addTo(this.drifts, first, await drifts.data());
      }
    } finally {
      for (const each of pending) tf.dispose(tensorsOf(each));
    }
  }

  /**
   * Makes covariances of the products: of an output whose mean is corrected afterwards, only
   * its differences from the mean matter.
   */
  center(): void {
    for (const [i, h] of this.hessians.entries()) {
      const sum = this.#sums[i];
      const size = sum.length;
      for (let j = 0; j < size; j++) {
        // What rounding leaves of an input that never changes is nothing.
        const least = 1e-5 * h[j * size + j];
        for (let k = 0; k < size; k++) {
          h[j * size + k] -= (sum[j] * sum[k]) / this.#count;
          this.drifts[i][j * size + k] -= (sum[j] * (this.#sumsBefore[i][k] - sum[k])) / this.#count;
        }
        if (h[j * size + j] < least) h[j * size + j] = 0;
      }
    }
  }

  /** Makes the products positive definite, and no more certain than so many examples make them. */
  damp(): void {
    for (const [i, h] of this.hessians.entries()) {
      const size = this.#sums[i].length;
      const share = shrinkProducts(h, size, this.#count);
      const drift = this.drifts[i];
      for (let j = 0; j < drift.length; j++) if (j % (size + 1) !== 0) drift[j] *= 1 - share;
      damp(h, size, damping);
    }
  }

  /** The mean of each input. */
  get means(): Float64Array[] {
    return this.#meansOf(this.#sums);
  }

  /** The mean that each input had. */
  get meansBefore(): Float64Array[] {
    return this.#meansOf(this.#sumsBefore);
  }

  #meansOf(sums: Float64Array[]): Float64Array[] {
    return sums.map((sum) => sum.map((value) => value / Math.max(1, this.#count)));
  }

  get count(): number {
    return this.#count;
  }
}

function tensorsOf({ sum, sumBefore, products, drifts }: Pending): tf.Tensor[] {
  return [sum, sumBefore, products, drifts].filter((each) => each !== undefined);
}

/** Adds values that belong to one array, or to all of equal length one after the other. */
function addTo(sums: Float64Array[], first: number, values: ArrayLike<number>): void {
  let at = 0;
  for (let i = first; at < values.length; i++) {
    const sum = sums[i];
    for (let j = 0; j < sum.length; j++) sum[j] += values[at++];
  }
}
