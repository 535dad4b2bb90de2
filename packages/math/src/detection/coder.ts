import { check } from '../checks.js';
import type { Boxes } from './boxes.js';

/** Weights of tx, ty, tw, th. */
export type CoderWeights = readonly [x: number, y: number, width: number, height: number];

/** What the offsets of proposals are multiplied with: torchvision's. */
export const proposalWeights: CoderWeights = [1, 1, 1, 1];
/** What the offsets of detections are multiplied with: torchvision's. */
export const detectionWeights: CoderWeights = [10, 10, 5, 5];

/**
 * exp() of more than this would let one bad prediction make a box of millions of pixels
 * (torchvision's bound).
 */
export const largestLogScale = Math.log(1000 / 16);

/**
 * How to get from each anchor to the box of the same index: tx = wx·(x − xa)/wa, ty
 * alike, tw = ww·ln(w/wa), th alike, x and y being centres (R-CNN, arXiv:1311.2524,
 * appendix C). Anchors and boxes must have positive widths and heights. Weights are those
 * of tx, ty, tw, th: a detector here has [1, 1, 1, 1] for proposals and [10, 10, 5, 5]
 * for detections, as torchvision.
 *
 * @throws ArgumentError when there are not as many anchors as boxes, or the weights are
 *   not four positive numbers.
 *
 * ```js
 * const anchors = toBoxes([[0, 0, 10, 10]]);
 * const offsets = encodeBoxes(toBoxes([[1, 0, 11, 10]]), anchors, [1, 1, 1, 1]);
 * console.log(offsets[0].toFixed(2)); // → 0.10
 * ```
 */
export function encodeBoxes(boxes: Boxes, anchors: Boxes, weights: CoderWeights): Float32Array {
  checkPairs(boxes.length, anchors, weights);
  const out = new Float32Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const width = anchors[i + 2] - anchors[i];
    const height = anchors[i + 3] - anchors[i + 1];
    out[i] = (weights[0] * (boxes[i] + boxes[i + 2] - anchors[i] - anchors[i + 2])) / (2 * width);
    out[i + 1] = (weights[1] * (boxes[i + 1] + boxes[i + 3] - anchors[i + 1] - anchors[i + 3])) / (2 * height);
    out[i + 2] = weights[2] * Math.log((boxes[i + 2] - boxes[i]) / width);
    out[i + 3] = weights[3] * Math.log((boxes[i + 3] - boxes[i + 1]) / height);
  }
  return out;
}

/**
 * The inverse of encodeBoxes. A box grows to at most 62.5 times its anchor.
 *
 * @throws ArgumentError as encodeBoxes does.
 *
 * ```js
 * const anchors = toBoxes([[0, 0, 10, 10]]);
 * const boxes = decodeBoxes(Float32Array.of(0.1, 0, 0, 0), anchors, [1, 1, 1, 1]);
 * console.log(boxes.join()); // → 1,0,11,10
 * ```
 */
export function decodeBoxes(offsets: Float32Array, anchors: Boxes, weights: CoderWeights): Boxes {
  checkPairs(offsets.length, anchors, weights);
  const out = new Float32Array(offsets.length);
  for (let i = 0; i < offsets.length / 4; i++) decodeBox(offsets, anchors, weights, i, out);
  return out;
}

/** The same for box i alone. */
export function decodeBox(
  offsets: Float32Array,
  anchors: Boxes,
  weights: CoderWeights,
  i: number,
  out: Float32Array,
): void {
  const at = 4 * i;
  const width = anchors[at + 2] - anchors[at];
  const height = anchors[at + 3] - anchors[at + 1];
  const x = (anchors[at] + anchors[at + 2]) / 2 + (offsets[at] / weights[0]) * width;
  const y = (anchors[at + 1] + anchors[at + 3]) / 2 + (offsets[at + 1] / weights[1]) * height;
  const halfWidth = (width * Math.exp(Math.min(offsets[at + 2] / weights[2], largestLogScale))) / 2;
  const halfHeight = (height * Math.exp(Math.min(offsets[at + 3] / weights[3], largestLogScale))) / 2;
  out[at] = x - halfWidth;
  out[at + 1] = y - halfHeight;
  out[at + 2] = x + halfWidth;
  out[at + 3] = y + halfHeight;
}

function checkPairs(length: number, anchors: Boxes, weights: CoderWeights): void {
  check(anchors.length === length, 'anchors', `as many numbers as the boxes have (${length})`, anchors.length);
  const isGood = weights?.length === 4 && weights.every((weight) => weight > 0);
  check(isGood, 'weights', 'four positive numbers', weights);
}
