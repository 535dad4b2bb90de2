import { type Box, check, iou, toBoxes } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';
import { checkEvaluated, checkOverlap } from './checkEvaluated.js';

/**
 * Part of all objects that at least one of an image's best `count` proposals overlaps by
 * `iouThreshold` or more (default 0.5), for each of `counts`. `proposals[i]`, best first,
 * and `truth[i]` belong to the same image; difficult objects and crowds do not count.
 * NaN where no object does.
 *
 * ```js
 * const truth = [[{ box: [0, 0, 10, 10], class: 'square' }]];
 * const proposals = [[{ box: [20, 20, 30, 30] }, { box: [0, 0, 10, 8] }]];
 * console.log(recallOfProposals(proposals, truth, [1, 2])); // → [ 0, 1 ]
 * ```
 *
 * @param proposals Of each image, best first.
 * @param truth The objects of each image.
 * @param counts How many of the best proposals of an image are looked at.
 * @param iouThreshold The overlap that counts as found. Default 0.5.
 * @returns 0 to 1, for each of `counts`
 * @throws ArgumentError for lists that do not fit together.
 */
export function recallOfProposals(
  proposals: readonly (readonly { box: Box }[])[],
  truth: readonly (readonly Annotation[])[],
  counts: readonly number[],
  iouThreshold = 0.5,
): number[] {
  checkEvaluated(proposals, truth, 'proposals');
  const areCounts = Array.isArray(counts) && counts.every((count) => Number.isInteger(count) && count > 0);
  check(areCounts, 'counts', 'integers ≥ 1', counts);
  checkOverlap(iouThreshold);
  const hits = counts.map(() => 0);
  let objects = 0;
  truth.forEach((list, image) => {
    const boxes = toBoxes(proposals[image].map((each) => each.box));
    const wanted = toBoxes(list.filter((object) => !object.difficult && !object.crowd).map((object) => object.box));
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
