import { type Boxes, iou } from './boxes.js';

export interface NonMaxSuppressionArgs {
  /** A box is dropped where it overlaps a better one by more than this (kept at exactly this, as in torchvision). */
  iouThreshold: number;
  /** Stop after so many. Default: all. */
  maxBoxes?: number;
  /** Boxes with a score not above this are left out. Default: none is. */
  scoreThreshold?: number;
  /** One number a box: boxes of different classes never suppress each other. Default: all are of one class. */
  classes?: ArrayLike<number>;
}

/** Indices of the boxes that are kept, best first; ties in the order given. */
export function nonMaxSuppression(boxes: Boxes, scores: ArrayLike<number>, args: NonMaxSuppressionArgs): number[] {
  const steps = suppress(boxes, scores, args);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, giving way to the event loop every few milliseconds, so that a page stays alive. */
export async function nonMaxSuppressionAsync(
  boxes: Boxes,
  scores: ArrayLike<number>,
  args: NonMaxSuppressionArgs,
): Promise<number[]> {
  const steps = suppress(boxes, scores, args);
  let start = Date.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (Date.now() - start < 8) continue;
    await new Promise((resolve) => setTimeout(resolve));
    start = Date.now();
  }
}

/** Greedy suppression; yields now and then. */
function* suppress(
  boxes: Boxes,
  scores: ArrayLike<number>,
  {
    iouThreshold,
    maxBoxes = Number.POSITIVE_INFINITY,
    scoreThreshold = Number.NEGATIVE_INFINITY,
    classes,
  }: NonMaxSuppressionArgs,
): Generator<void, number[]> {
  const order: number[] = [];
  for (let i = 0; i < scores.length; i++) if (scores[i] > scoreThreshold) order.push(i);
  order.sort((a, b) => scores[b] - scores[a] || a - b);
  const kept: number[] = [];
  let work = 0;
  for (const i of order) {
    if (kept.length >= maxBoxes) break;
    const hidden = kept.some((k) => (!classes || classes[k] === classes[i]) && iou(boxes, k, boxes, i) > iouThreshold);
    if (!hidden) kept.push(i);
    work += kept.length;
    if (work > 20_000) {
      work = 0;
      yield;
    }
  }
  return kept;
}
