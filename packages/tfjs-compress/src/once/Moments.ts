import * as tf from '@tensorflow/tfjs-core';
import { type KernelInputs, tensorOf } from './kernelInputs.js';
import { partsOf } from './layout.js';
import { addTo, Sums } from './Sums.js';

/** Sums of one call, for the Hessians from `first` on; `count` positions. */
interface Pending {
  first: number;
  count: number;
  sum: tf.Tensor;
  /** Of the inputs as they were. */
  sumBefore: tf.Tensor;
  products: tf.Tensor;
  drifts?: tf.Tensor;
  shortfalls?: tf.Tensor;
  shortfallSum?: tf.Tensor;
}

/**
 * What is summed over the inputs of a kernel, of the batches of even and of odd number by
 * themselves: what one half shows can be checked on the other. Each batch is summed where
 * tensors are, the batches in float64.
 */
export class Moments {
  readonly halves: readonly [Sums, Sums];
  /** Whether it is not known what the kernel is multiplied with. */
  isUnknown = false;
  /** Of the batch that is being computed, on the backend. */
  #pending: Pending[] = [];

  /** @param sizes Inputs of each Hessian. */
  constructor(sizes: number[]) {
    this.halves = [new Sums(sizes), new Sums(sizes)];
  }

  /**
   * What is kept is on the backend, until read() has it.
   *
   * @param shortfall What the outputs have to make up for at the same positions; only for
   *   a kernel of one Hessian.
   */
  add(now: KernelInputs, before: KernelInputs, shortfall?: tf.Tensor2D): void {
    tf.tidy(() => {
      for (const pending of summed(now, before, shortfall)) {
        for (const each of tensorsOf(pending)) tf.keep(each);
        this.#pending.push(pending);
      }
    });
  }

  /** Takes what add() kept of a batch. */
  async read(batch: number): Promise<void> {
    const pending = this.#pending;
    const sums = this.halves[batch % 2];
    this.#pending = [];
    try {
      for (const { first, count, sum, sumBefore, products, drifts, shortfalls, shortfallSum } of pending) {
        sums.count += count;
        addTo(sums.totals, first, await sum.data());
        addTo(sums.totalsBefore, first, await sumBefore.data());
        addTo(sums.hessians, first, await products.data());
        if (drifts) addTo(sums.drifts, first, await drifts.data());
        if (!shortfalls || !shortfallSum) continue;
        sums.makeShortfalls(shortfallSum.size);
        addTo(sums.shortfalls, 0, await shortfalls.data());
        addTo([sums.shortfallTotals], 0, await shortfallSum.data());
      }
    } finally {
      for (const each of pending) tf.dispose(tensorsOf(each));
    }
  }
}

function summed(now: KernelInputs, before: KernelInputs, shortfall?: tf.Tensor2D): Pending[] {
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
    const pending = { first: i, count: i === 0 ? rows.shape[0] : 0, ...sums(part(rows), part(before.rows), 0) };
    if (!shortfall) return pending;
    const shortfalls = tf.matMul(tf.transpose(shortfall), rows as tf.Tensor2D);
    return { ...pending, shortfalls, shortfallSum: tf.sum(shortfall, 0) };
  });
}

function tensorsOf({ sum, sumBefore, products, drifts, shortfalls, shortfallSum }: Pending): tf.Tensor[] {
  return [sum, sumBefore, products, drifts, shortfalls, shortfallSum].filter((each) => each !== undefined);
}
