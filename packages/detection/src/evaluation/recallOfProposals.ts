import { type Box, iou, toBoxes } from '@tfjs-compress/math/detection';
import type { Annotation } from '../data/PictureSet.js';

/**
 * Part of all objects that at least one of a picture's best `count` proposals overlaps by `iouThreshold` or more (default 0.5), for
 * each of `counts`. `proposals[i]`, best first, and `truth[i]` belong to the same picture; difficult objects do not count.
 */
export function recallOfProposals(
  proposals: readonly (readonly { box: Box }[])[],
  truth: readonly (readonly Annotation[])[],
  counts: readonly number[],
  iouThreshold = 0.5,
): number[] {
  const hits = counts.map(() => 0);
  let objects = 0;
  truth.forEach((list, picture) => {
    const boxes = toBoxes(proposals[picture].map((each) => each.box));
    const wanted = toBoxes(list.filter((object) => !object.difficult).map((object) => object.box));
    for (let j = 0; j < wanted.length / 4; j++) {
      objects++;
      let first = 0;
      while (first < boxes.length / 4 && iou(boxes, first, wanted, j) < iouThreshold) first++;
      if (first === boxes.length / 4) continue;
      counts.forEach((count, k) => {
        if (first < count) hits[k]++;
      });
    }
  });
  return hits.map((each) => each / objects);
}
