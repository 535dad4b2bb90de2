import * as tf from '@tensorflow/tfjs-core';
import { damp, shrinkProducts } from '@tfjs-compress/math';
import type { KernelInputs } from './kernelInputs.js';
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
  products?: tf.Tensor;
}

/**
 * Sums over the inputs of a kernel: their products (the Hessian, up to a factor) and means.
 * Each batch is summed where tensors are, the batches in float64.
 */
export class Moments {
  readonly hessians: Float64Array[];
  readonly #sums: Float64Array[];
  readonly #withProducts: boolean;
  /** Whether it is not known what the kernel is multiplied with. */
  isUnknown = false;
  #count = 0;
  /** Of the batch that is being computed, on the backend. */
  #pending: Pending[] = [];

  /** @param sizes Inputs of each Hessian. */
  constructor(sizes: number[], withProducts: boolean) {
    this.#withProducts = withProducts;
    this.hessians = withProducts ? sizes.map((size) => new Float64Array(size * size)) : [];
    this.#sums = sizes.map((size) => new Float64Array(size));
  }

  /** Inside a layer's call: what is kept is on the backend, until read() has it. */
  add(inputs: KernelInputs): void {
    tf.tidy(() => {
      for (const { sum, products, ...rest } of this.#summed(inputs))
        this.#pending.push({ ...rest, sum: tf.keep(sum), products: products && tf.keep(products) });
    });
  }

  #summed(inputs: KernelInputs): Pending[] {
    if (inputs.kind === 'counts')
      return [{ first: 0, count: 0, sum: inputs.counts, products: tf.clone(inputs.counts) }];
    const products = (transposed: () => tf.Tensor, part: tf.Tensor) =>
      this.#withProducts ? tf.matMul(transposed(), part) : undefined;
    const { rows } = inputs;
    if (rows.rank === 3) {
      const transposed = () => tf.transpose(rows, [0, 2, 1]);
      return [{ first: 0, count: rows.shape[1], sum: tf.sum(rows, 1), products: products(transposed, rows) }];
    }
    return partsOf(rows.shape[1]).map(([from, size], i) => {
      const part = size === rows.shape[1] ? rows : tf.slice(rows, [0, from], [-1, size]);
      const count = i === 0 ? rows.shape[0] : 0;
      return { first: i, count, sum: tf.sum(part, 0), products: products(() => tf.transpose(part), part) };
    });
  }

  /** Takes what add() kept of a batch. */
  async read(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    try {
      for (const { first, count, sum, products } of pending) {
        this.#count += count;
        addTo(this.#sums, first, await sum.data());
        if (products && this.#withProducts) addTo(this.hessians, first, await products.data());
      }
    } finally {
      for (const { sum, products } of pending) tf.dispose(products ? [sum, products] : sum);
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
        for (let k = 0; k < size; k++) h[j * size + k] -= (sum[j] * sum[k]) / this.#count;
        if (h[j * size + j] < least) h[j * size + j] = 0;
      }
    }
  }

  /** Makes the products positive definite, and no more certain than so many examples make them. */
  damp(): void {
    for (const [i, h] of this.hessians.entries()) {
      const size = this.#sums[i].length;
      shrinkProducts(h, size, this.#count);
      damp(h, size, damping);
    }
  }

  /** The mean of each input. */
  get means(): Float64Array[] {
    return this.#sums.map((sum) => sum.map((value) => value / Math.max(1, this.#count)));
  }

  get count(): number {
    return this.#count;
  }
}

/** Adds values that belong to one array, or to all of equal length one after the other. */
function addTo(sums: Float64Array[], first: number, values: ArrayLike<number>): void {
  let at = 0;
  for (let i = first; at < values.length; i++) {
    const sum = sums[i];
    for (let j = 0; j < sum.length; j++) sum[j] += values[at++];
  }
}
