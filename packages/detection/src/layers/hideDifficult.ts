import { type Boxes, iou } from '@tfjs-compress/math/internal';
import { IGNORED, NEGATIVE } from '../boxes/matchBoxes.js';

/**
 * Negatives that lie on an object marked difficult are no good examples of background:
 * makes them ignored, in place.
 */
export function hideDifficult(matches: Int32Array, candidates: Boxes, difficult: Boxes): void {
  for (let j = 0; j < difficult.length / 4; j++) {
    matches.forEach((match, i) => {
      if (match === NEGATIVE && iou(candidates, i, difficult, j) >= 0.3) matches[i] = IGNORED;
    });
  }
}
