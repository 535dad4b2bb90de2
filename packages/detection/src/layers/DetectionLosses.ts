import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from '../losses/losses.js';
import type { LayerConfig, Shape } from './layer.js';

/** Sums over each image's boxes, divided by how many of them are not ignored. */
function meanOfImage(values: tf.Tensor, counted: tf.Tensor2D): tf.Tensor {
  const sums = tf.sum(tf.reshape(values, counted.shape), 1, true);
  return tf.div(sums, tf.maximum(tf.sum(counted, 1, true), 1));
}

/** Target column 0, and columns 1–4 as rows of a matrix; both constants. */
function split(targets: tf.Tensor3D): { labels: tf.Tensor2D; offsets: tf.Tensor2D; n: number } {
  const [images, n] = targets.shape;
  const labels = tf.reshape(tf.slice(targets, [0, 0, 0], [-1, -1, 1]), [images, n]) as tf.Tensor2D;
  const offsets = tf.reshape(tf.slice(targets, [0, 0, 1], [-1, -1, 4]), [images * n, 4]) as tf.Tensor2D;
  return { labels, offsets, n: images * n };
}

/** 1 where a condition holds. (cast(bool) corrupts saved models on the cpu backend.) */
function indicator(condition: tf.Tensor): tf.Tensor {
  return tf.where(condition, tf.ones(condition.shape), tf.zeros(condition.shape));
}

/**
 * Losses of the proposal stage: [logits [b · n, 1], offsets [b · n, 4], targets [b, n,
 * 5]] → [b, 2]: binary cross-entropy, and boxWeight · smooth-L1 over positives, both
 * divided by the number of windows. boxWeight's default is 3, the paper's λ.
 */
export class ProposalLosses extends layers.Layer {
  static readonly className = 'ProposalLosses';
  private readonly boxWeight: number;

  constructor(args: LayerConfig & { boxWeight?: number } = {}) {
    super(args);
    this.boxWeight = args.boxWeight ?? 3;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [logits, offsets, targets] = inputs as tf.Tensor[];
    const { labels, offsets: wanted, n } = split(targets as tf.Tensor3D);
    const counted = indicator(tf.greaterEqual(labels, 0)) as tf.Tensor2D;
    const positive = tf.relu(labels);
    const entropy = binaryCrossEntropy(tf.reshape(logits, [n]), tf.reshape(positive, [n]));
    const distance = tf.sum(smoothL1(tf.sub(offsets, wanted)), 1);
    return tf.concat(
      [
        meanOfImage(tf.mul(entropy, tf.reshape(counted, [n])), counted),
        tf.mul(meanOfImage(tf.mul(distance, tf.reshape(positive, [n])), counted), this.boxWeight),
      ],
      1,
    );
  }

  override computeOutputShape(): Shape {
    return [null, 2];
  }

  override getConfig() {
    return { ...super.getConfig(), boxWeight: this.boxWeight };
  }
}
tf.serialization.registerClass(ProposalLosses);

/**
 * Losses of the detection stage: [logits [b · n, classes + 1], offsets [b · n, 4 ·
 * classes], targets [b, n, 5]] → [b, 2]: softmax cross-entropy, and smooth-L1 of the
 * offsets of the right class, both divided by the number of boxes.
 */
export class DetectionLosses extends layers.Layer {
  static readonly className = 'DetectionLosses';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [logits, offsets, targets] = inputs as tf.Tensor[];
    const { labels, offsets: wanted, n } = split(targets as tf.Tensor3D);
    const classes = (logits.shape[1] as number) - 1;
    const counted = indicator(tf.greaterEqual(labels, 0)) as tf.Tensor2D;
    // oneHot leaves a row of zeros for −1: no loss. Asked for float32, WASM writes the
    // bits of the integer 1.
    const ones = tf.oneHot(tf.cast(tf.reshape(labels, [n]), 'int32'), classes + 1);
    const oneHot = tf.cast(ones, 'float32') as tf.Tensor2D;
    const entropy = softmaxCrossEntropy(logits as tf.Tensor2D, oneHot);
    const ofClass = tf.expandDims(tf.slice(oneHot, [0, 1], [-1, classes]), 2);
    const missed = tf.mul(tf.sub(tf.reshape(offsets, [n, classes, 4]), tf.expandDims(wanted, 1)), ofClass);
    const distance = tf.sum(tf.reshape(smoothL1(missed), [n, classes * 4]), 1);
    return tf.concat([meanOfImage(entropy, counted), meanOfImage(distance, counted)], 1);
  }

  override computeOutputShape(): Shape {
    return [null, 2];
  }
}
tf.serialization.registerClass(DetectionLosses);
