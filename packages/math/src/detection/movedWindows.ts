import { type Boxes, clipBox } from './boxes.js';
import { decodeBox, proposalWeights } from './coder.js';

/** Boxes are at least this wide and high, in pixels: thinner ones have no features. */
export const smallestSide = 1;

/** Whether box `i` is at least smallestSide wide and high. */
export function isLargeEnough(boxes: Boxes, i: number): boolean {
  const at = 4 * i;
  return boxes[at + 2] - boxes[at] >= smallestSide && boxes[at + 3] - boxes[at + 1] >= smallestSide;
}

/**
 * Windows moved by their offsets and cut to the image, for nonMaxSuppression: each is
 * made when that first looks at it, which is a few hundred of 30,000.
 */
export function movedWindows(windows: Boxes, offsets: Float32Array, width: number, height: number) {
  const boxes = new Float32Array(windows.length);
  const make = (i: number): boolean => {
    decodeBox(offsets, windows, proposalWeights, i, boxes);
    clipBox(boxes, i, width, height);
    return isLargeEnough(boxes, i);
  };
  return { boxes, make };
}
