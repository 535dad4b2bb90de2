import { check, checkKnownOptions } from '../checks.js';
import { type Boxes, iou } from './boxes.js';

export interface NonMaxSuppressionOptions {
  /**
   * A box is dropped where it overlaps a better one by more than this (kept at exactly
   * this, as in torchvision).
   */
  iouThreshold: number;
  /** Stop after so many. Default: all. */
  maxBoxes?: number;
  /** Boxes with a score not above this are left out. Default: none is. */
  scoreThreshold?: number;
  /**
   * One number a box: boxes of different classes never suppress each other. Default: all
   * are of one class.
   */
  classes?: ArrayLike<number>;
  /**
   * Called once before box i is looked at, best first: writes it into `boxes`, so that
   * boxes nobody looks at need not be made; false leaves it out.
   */
  make?: (i: number) => boolean;
}

/**
 * Greedy non-maximum suppression: indices of the boxes that are kept, best first; ties in
 * the order given.
 *
 * @param scores One a box.
 * @throws ArgumentError when there is not one score, or class, a box, and when an option
 *   is unknown or iouThreshold is not from 0 to 1.
 *
 * ```js
 * const boxes = toBoxes([[0, 0, 4, 4], [0, 0, 4, 3], [6, 6, 9, 9]]);
 * console.log(nonMaxSuppression(boxes, [0.8, 0.9, 0.5], { iouThreshold: 0.5 }).join()); // → 1,2
 * ```
 */
export function nonMaxSuppression(
  boxes: Boxes,
  scores: ArrayLike<number>,
  options: NonMaxSuppressionOptions,
): number[] {
  const steps = suppress(boxes, scores, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * nonMaxSuppression, giving way to the event loop every few milliseconds, so that a page
 * stays alive.
 *
 * @throws ArgumentError as nonMaxSuppression does.
 *
 * ```js
 * const boxes = toBoxes([[0, 0, 4, 4], [0, 0, 4, 3], [6, 6, 9, 9]]);
 * const kept = await nonMaxSuppressionAsync(boxes, [0.8, 0.9, 0.5], { iouThreshold: 0.5 });
 * console.log(kept.join()); // → 1,2
 * ```
 */
export async function nonMaxSuppressionAsync(
  boxes: Boxes,
  scores: ArrayLike<number>,
  options: NonMaxSuppressionOptions,
): Promise<number[]> {
  const steps = suppress(boxes, scores, options);
  let start = Date.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (Date.now() - start < 8) continue;
    await new Promise((resolve) => setTimeout(resolve));
    start = Date.now();
  }
}

const known = ['iouThreshold', 'maxBoxes', 'scoreThreshold', 'classes', 'make'];

/** Greedy suppression; yields now and then. */
function* suppress(
  boxes: Boxes,
  scores: ArrayLike<number>,
  options: NonMaxSuppressionOptions,
): Generator<void, number[]> {
  checkKnownOptions(options, known, 'nonMaxSuppression');
  const { iouThreshold, classes, make } = options;
  const { maxBoxes = Number.POSITIVE_INFINITY, scoreThreshold = Number.NEGATIVE_INFINITY } = options;
  check(iouThreshold >= 0 && iouThreshold <= 1, 'iouThreshold', 'a number from 0 to 1', iouThreshold);
  check(boxes.length === 4 * scores.length, 'scores', `one a box (${boxes.length / 4})`, scores.length);
  const isOneABox = !classes || classes.length === scores.length;
  check(isOneABox, 'classes', `one a box (${scores.length})`, classes?.length);
  const kept: number[] = [];
  let work = 0;
  for (const i of bestFirst(scores, scoreThreshold)) {
    if (kept.length >= maxBoxes) break;
    if (make && !make(i)) continue;
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

/**
 * Indices by falling score, ties in the order given, one by one out of a heap: of 30,000
 * windows a few hundred are looked at, and to sort them all took longer than the rest.
 */
function* bestFirst(scores: ArrayLike<number>, threshold: number): Generator<number> {
  const heap = new Int32Array(scores.length);
  let size = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] > threshold) heap[size++] = i;
  const before = (a: number, b: number) => scores[a] > scores[b] || (scores[a] === scores[b] && a < b);
  const sink = (from: number) => {
    const moved = heap[from];
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  };
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(i);
  while (size > 0) {
    yield heap[0];
    heap[0] = heap[--size];
    sink(0);
  }
}
