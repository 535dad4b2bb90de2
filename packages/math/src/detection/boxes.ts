import { check } from '../checks.js';

/**
 * Boxes lie one after another in one flat array: x1, y1, x2, y2 in pixels of the image,
 * x to the right, y down, so that a box's width is x2 − x1. The same order as PASCAL
 * VOC's files and torchvision.
 */
export type Boxes = Float32Array;

/** One box as users see it: [x1, y1, x2, y2]. */
export type Box = [x1: number, y1: number, x2: number, y2: number];

/**
 * [[x1, y1, x2, y2], …] → flat boxes.
 *
 * @throws ArgumentError when one of them is not four numbers.
 *
 * ```js
 * console.log(toBoxes([[0, 0, 4, 2], [1, 1, 3, 3]]).length); // → 8
 * ```
 */
export function toBoxes(list: ReadonlyArray<ArrayLike<number>>): Boxes {
  const flat = new Float32Array(4 * list.length);
  list.forEach((box, i) => {
    check(box.length === 4, `boxes[${i}]`, 'four numbers [x1, y1, x2, y2]', box);
    flat.set(box, 4 * i);
  });
  return flat;
}

/**
 * Flat boxes → [[x1, y1, x2, y2], …].
 *
 * ```js
 * console.log(fromBoxes(Float32Array.of(0, 0, 4, 2))[0].join()); // → 0,0,4,2
 * ```
 */
export function fromBoxes(boxes: Boxes): Box[] {
  return Array.from({ length: boxes.length / 4 }, (_, i) => [...boxes.subarray(4 * i, 4 * i + 4)] as Box);
}

/**
 * Intersection over union of box i of `a` and box j of `b`; 0 for two boxes without area.
 *
 * ```js
 * const boxes = toBoxes([[0, 0, 4, 2], [2, 0, 4, 2]]);
 * console.log(iou(boxes, 0, boxes, 1)); // → 0.5
 * ```
 */
export function iou(a: Boxes, i: number, b: Boxes, j: number): number {
  const p = 4 * i;
  const q = 4 * j;
  const width = Math.min(a[p + 2], b[q + 2]) - Math.max(a[p], b[q]);
  if (width <= 0) return 0;
  const height = Math.min(a[p + 3], b[q + 3]) - Math.max(a[p + 1], b[q + 1]);
  if (height <= 0) return 0;
  const shared = width * height;
  const areaA = (a[p + 2] - a[p]) * (a[p + 3] - a[p + 1]);
  const areaB = (b[q + 2] - b[q]) * (b[q + 3] - b[q + 1]);
  return shared / (areaA + areaB - shared);
}

/**
 * All pairs' intersection over union, row i for box i of `a`: length a.length/4 ·
 * b.length/4.
 *
 * ```js
 * const boxes = toBoxes([[0, 0, 4, 2], [2, 0, 4, 2]]);
 * console.log(iouMatrix(boxes, boxes).join()); // → 1,0.5,0.5,1
 * ```
 */
export function iouMatrix(a: Boxes, b: Boxes): Float32Array {
  const [rows, columns] = [a.length / 4, b.length / 4];
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = iou(a, i, b, j);
  return out;
}

/**
 * Boxes cut to an image of that size, in pixels.
 *
 * ```js
 * console.log(clipBoxes(toBoxes([[-2, 3, 9, 6]]), 8, 5).join()); // → 0,3,8,5
 * ```
 */
export function clipBoxes(boxes: Boxes, width: number, height: number): Boxes {
  const out = boxes.slice();
  for (let i = 0; i < out.length / 4; i++) clipBox(out, i, width, height);
  return out;
}

/** Cuts box i, in place. */
export function clipBox(boxes: Boxes, i: number, width: number, height: number): void {
  for (let at = 4 * i; at < 4 * i + 4; at += 2) {
    boxes[at] = Math.min(Math.max(boxes[at], 0), width);
    boxes[at + 1] = Math.min(Math.max(boxes[at + 1], 0), height);
  }
}

/**
 * Boxes of an image after resizing it by those factors.
 *
 * ```js
 * console.log(scaleBoxes(toBoxes([[1, 1, 3, 2]]), 2, 3).join()); // → 2,3,6,6
 * ```
 */
export function scaleBoxes(boxes: Boxes, x: number, y: number): Boxes {
  return boxes.map((value, i) => value * (i % 2 === 0 ? x : y));
}

/** Gathers rows of four numbers. */
export function pickBoxes(boxes: Float32Array, indices: readonly number[]): Float32Array {
  const out = new Float32Array(4 * indices.length);
  indices.forEach((from, to) => {
    out.set(boxes.subarray(4 * from, 4 * from + 4), 4 * to);
  });
  return out;
}
