import * as tf from '@tensorflow/tfjs-core';

/** How far values that hardly agree are drawn to their mean, at most. */
const leastAgreement = 0.5;

/** Means and variances of channels, of batches taken together. */
export class ChannelMoments {
  #count = 0;
  mean = new Float64Array();
  /** Sum of squares of differences from the mean. */
  #squares = new Float64Array();

  /** @param axis Of the channels. */
  async add(x: tf.Tensor, axis: number): Promise<void> {
    const axes = x.shape.map((_, i) => i).filter((i) => i !== axis);
    const { mean, variance } = tf.tidy(() => tf.moments(x, axes));
    try {
      this.#merge(await mean.data(), await variance.data(), x.size / x.shape[axis]);
    } finally {
      tf.dispose([mean, variance]);
    }
  }

  /**
   * Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing
   * sample variances (1979), Eq. 2.1.
   */
  #merge(mean: ArrayLike<number>, variance: ArrayLike<number>, count: number): void {
    if (this.#count === 0) {
      this.mean = new Float64Array(mean.length);
      this.#squares = new Float64Array(mean.length);
    }
    const total = this.#count + count;
    for (let c = 0; c < mean.length; c++) {
      const difference = mean[c] - this.mean[c];
      this.mean[c] += (difference * count) / total;
      this.#squares[c] += variance[c] * count + (difference ** 2 * this.#count * count) / total;
    }
    this.#count = total;
  }

  get variance(): Float64Array {
    return this.#squares.map((value) => value / Math.max(1, this.#count));
  }
}

/**
 * The straight lines by which channels of what is given come nearest to what is wanted.
 */
export class ChannelFit {
  readonly #wanted = new ChannelMoments();
  readonly #given = new ChannelMoments();
  readonly #sum = new ChannelMoments();

  /** @param axis Of the channels. */
  async add(wanted: tf.Tensor, given: tf.Tensor, axis: number): Promise<void> {
    const sum = tf.add(wanted, given);
    try {
      await this.#wanted.add(wanted, axis);
      await this.#given.add(given, axis);
      await this.#sum.add(sum, axis);
    } finally {
      sum.dispose();
    }
  }

  get given(): Pick<ChannelMoments, 'mean' | 'variance'> {
    return this.#given;
  }

  /** By how much the means of what is given are larger. */
  get difference(): Float64Array {
    return this.#given.mean.map((mean, c) => mean - this.#wanted.mean[c]);
  }

  /** By least squares; 1 for channels that do not vary. */
  get slopes(): Float64Array {
    const [wanted, given, sum] = [this.#wanted.variance, this.#given.variance, this.#sum.variance];
    return given.map((variance, c) => {
      const ratio = Math.sqrt(wanted[c] / variance);
      const covariance = (sum[c] - wanted[c] - variance) / 2;
      const slope = Math.max(covariance / variance, leastAgreement * ratio);
      return variance > 0 && slope > 0 && Number.isFinite(slope) ? slope : 1;
    });
  }
}
