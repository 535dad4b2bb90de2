import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import type { Step, Trace } from './traceGraph.js';

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
   * Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample
   * variances (1979), Eq. 2.1.
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

/** A BatchNormalization layer's weights, as far as they are looked at here. */
export interface Normalization extends layers.Layer {
  /** Keras writes a list of one. */
  axis: number | number[];
  epsilon: number;
  gamma?: LayerVariable;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

export function isNormalization(layer: layers.Layer): layer is Normalization {
  return layer.getClassName() === 'BatchNormalization';
}

/**
 * The normalization that alone reads what a layer computes and that can take a scale for
 * each channel of it, if there is one.
 */
export function normalizationAfter(trace: Trace, at: number): Normalization | undefined {
  const { steps, lastUse } = trace;
  const { layer, outputs } = steps[at];
  const readers = steps.filter(({ inputs }) => inputs.includes(outputs[0]));
  if (readers.length !== 1 || lastUse[outputs[0]] === steps.length || outputs.length !== 1) return undefined;
  const next = readers[0].layer;
  if (!isNormalization(next) || !next.gamma || uses(steps, next) !== 1 || uses(steps, layer) !== 1) return undefined;
  const owner = layer as unknown as { dataFormat?: string; activation?: { getClassName(): string } };
  if (owner.activation && owner.activation.getClassName() !== 'linear') return undefined;
  const rank = layer.outputShape.length;
  return axisOf(next, rank) === (owner.dataFormat === 'channelsFirst' ? 1 : rank - 1) ? next : undefined;
}

export function axisOf(layer: Normalization, rank: number): number {
  const [axis] = [layer.axis].flat();
  return axis < 0 ? rank + axis : axis;
}

function uses(steps: Step[], layer: layers.Layer): number {
  return steps.filter((step) => step.layer === layer).length;
}
