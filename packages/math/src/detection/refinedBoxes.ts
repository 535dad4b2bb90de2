import { type Boxes, clipBox } from './boxes.js';
import { isLargeEnough } from './movedWindows.js';

/** What the detection stage makes of n proposals: a box and a score for each class. */
export interface Classified {
  /** [n · classes] boxes. */
  boxes: Boxes;
  /** [n, classes] */
  scores: ArrayLike<number>;
}

/**
 * The proposals of another round of the detection stage: of each proposal the box of its
 * most likely class, cut to the image; the proposal itself where that is too thin.
 */
export function refinedBoxes(
  proposals: Boxes,
  { boxes, scores }: Classified,
  classes: number,
  width: number,
  height: number,
): Boxes {
  const refined = proposals.slice();
  for (let i = 0; i < proposals.length / 4; i++) {
    let best = i * classes;
    for (let k = best + 1; k < (i + 1) * classes; k++) if (scores[k] > scores[best]) best = k;
    refined.set(boxes.subarray(4 * best, 4 * best + 4), 4 * i);
    clipBox(refined, i, width, height);
    if (!isLargeEnough(refined, i)) refined.set(proposals.subarray(4 * i, 4 * i + 4), 4 * i);
  }
  return refined;
}
