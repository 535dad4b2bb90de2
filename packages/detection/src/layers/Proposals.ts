import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { checkInteger } from '@tfjs-compress/math';
import { type Boxes, clipBoxes } from '../boxes/boxes.js';
import { decodeBoxes, proposalWeights } from '../boxes/coder.js';
import { nonMaxSuppression } from '../boxes/nonMaxSuppression.js';
import { type LayerConfig, rowsOf, type Shape } from './layer.js';

export interface ProposalsArgs {
  /** Pixels of the picture in a cell of the map. */
  stride: number;
  /** How many to keep. Default 200, the paper's number in training. */
  count?: number;
  /** Of two that overlap by more, the better stays. Default 0.7. */
  iouThreshold?: number;
}

/** Proposals are at least this wide and high, in pixels: thinner ones have no features. */
export const smallestProposal = 1;

/**
 * Windows moved by their offsets, cut to the picture, suppressed, the best `count` of each picture.
 * [map [b, h, w, c], windows [b, n, 4], logits [b · n, 1], offsets [b · n, 4]] → [b, count, 5]: x1, y1, x2, y2, logit; rows of
 * zeros where there are fewer. No gradient goes through it.
 */
export class Proposals extends layers.Layer {
  static readonly className = 'Proposals';
  private readonly options: Required<ProposalsArgs>;

  constructor(args: LayerConfig & ProposalsArgs) {
    super(args);
    const { stride, count = 200, iouThreshold = 0.7 } = args;
    checkInteger(count, 'count', 1);
    this.options = { stride, count, iouThreshold };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [map, windows, logits, offsets] = inputs as tf.Tensor[];
    const [pictures, rows, columns] = map.shape;
    const { stride, count, iouThreshold } = this.options;
    const n = windows.shape[1] as number;
    const windowValues = windows.dataSync() as Float32Array;
    const logitValues = logits.dataSync() as Float32Array;
    const offsetValues = offsets.dataSync() as Float32Array;
    const out = new Float32Array(pictures * count * 5);
    for (let picture = 0; picture < pictures; picture++) {
      const moves = offsetValues.slice(picture * n * 4, (picture + 1) * n * 4);
      const boxes = decodeBoxes(moves, rowsOf(windows, windowValues, picture), proposalWeights);
      const moved = clipBoxes(boxes, columns * stride, rows * stride);
      const scores = validScores(moved, logitValues.slice(picture * n, (picture + 1) * n));
      nonMaxSuppression(moved, scores, { iouThreshold, maxBoxes: count }).forEach((i, k) => {
        out.set([...moved.subarray(4 * i, 4 * i + 4), scores[i]], (picture * count + k) * 5);
      });
    }
    return tf.tensor3d(out, [pictures, count, 5]);
  }

  override computeOutputShape(): Shape {
    return [null, this.options.count, 5];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(Proposals);

/** The scores, −∞ for boxes that are too thin. */
export function validScores(boxes: Boxes, scores: Float32Array): Float32Array {
  return scores.map((score, i) => {
    const wide = boxes[4 * i + 2] - boxes[4 * i] >= smallestProposal;
    return wide && boxes[4 * i + 3] - boxes[4 * i + 1] >= smallestProposal ? score : Number.NEGATIVE_INFINITY;
  });
}
