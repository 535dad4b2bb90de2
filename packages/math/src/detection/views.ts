import type { Boxes } from './boxes.js';
import type { Classified } from './refinedBoxes.js';

/** How an image can be mirrored: left to right, top to bottom, or both. */
export const flips = ['horizontal', 'vertical', 'both'] as const;

export type Flip = (typeof flips)[number];

/**
 * Boxes of an image of that size, in pixels, in its mirror image (undefined: in itself).
 *
 * ```js
 * console.log(mirrorBoxes(toBoxes([[1, 0, 3, 2]]), 'horizontal', 10, 5).join()); // → 7,0,9,2
 * ```
 */
export function mirrorBoxes(boxes: Boxes, flip: Flip | undefined, width: number, height: number): Boxes {
  const out = boxes.slice();
  const mirror = (axis: 0 | 1, size: number) => {
    for (let i = axis; i < out.length; i += 4) {
      out[i] = size - boxes[i + 2];
      out[i + 2] = size - boxes[i];
    }
  };
  if (flip === 'horizontal' || flip === 'both') mirror(0, width);
  if (flip === 'vertical' || flip === 'both') mirror(1, height);
  return out;
}

/** The mean of the boxes and scores that views of an image give of the same proposals. */
export function meanOfViews(views: readonly Classified[]): { boxes: Boxes; scores: Float32Array } {
  const mean = (lists: readonly ArrayLike<number>[]) =>
    Float32Array.from(lists[0], (_, i) => lists.reduce((sum, list) => sum + list[i], 0) / lists.length);
  return { boxes: mean(views.map(({ boxes }) => boxes)), scores: mean(views.map(({ scores }) => scores)) };
}
