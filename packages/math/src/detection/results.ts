import { type Box, type Boxes, clipBoxes, fromBoxes, scaleBoxes } from './boxes.js';

export interface Detection {
  /** [x1, y1, x2, y2] in pixels of the image given. */
  box: Box;
  class: string;
  /** Probability of the class, 0 to 1. */
  score: number;
}

export interface Proposal {
  box: Box;
  /** Probability that this is an object, 0 to 1. */
  score: number;
}

/** How an image was resized: pixels of the result in one of the image's. */
export interface Scale {
  /** Size of the result. */
  width: number;
  height: number;
  scaleX: number;
  scaleY: number;
}

/** Boxes of a resized image in the pixels of the image given, cut to it. */
export function inImage(boxes: Boxes, { scaleX, scaleY, width, height }: Scale): Box[] {
  // The image's own size, which rounding would miss by a little.
  const [columns, rows] = [Math.round(width / scaleX), Math.round(height / scaleY)];
  return fromBoxes(clipBoxes(scaleBoxes(boxes, 1 / scaleX, 1 / scaleY), columns, rows));
}

/**
 * Boxes of an image that was scaled, in its own pixels, with the sigmoid of their logits
 * as scores.
 */
export function proposalsOf(boxes: Boxes, logits: ArrayLike<number>, scale: Scale): Proposal[] {
  return inImage(boxes, scale).map((box, i) => ({ box, score: 1 / (1 + Math.exp(-logits[i])) }));
}

/**
 * Probabilities [n, 1 + count], the background's first, as one score for each box of each
 * class: [n, count].
 */
export function scoresByClass(probabilities: Float32Array, n: number, count: number) {
  const classes = Int32Array.from({ length: n * count }, (_, i) => i % count);
  const scores = Float32Array.from(classes, (c, i) => probabilities[Math.floor(i / count) * (count + 1) + c + 1]);
  return { scores, classes };
}
