import type { Box, Detection } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';

export interface Matched {
  /** Of all images, best first. */
  ranked: { score: number; outcome: 'right' | 'wrong' | 'ignored' }[];
  /** Objects that count. */
  objects: number;
}

/** What becomes of a class's detections by VOC's rules, as evaluateVoc() says. */
export function matchClass(
  name: string,
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  iouThreshold: number,
): Matched {
  const ofClass = truth.map((list) => list.filter((object) => object.class === name));
  const objects = ofClass.map((list) => list.filter((object) => !object.crowd));
  const crowds = ofClass.map((list) => list.filter((object) => object.crowd));
  const found = objects.map((list) => list.map(() => false));
  const outcomeOf = (box: Box, image: number) => {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    objects[image].forEach((object, j) => {
      const overlap = inclusiveIou(box, object.box);
      if (overlap > most) [best, most] = [j, overlap];
    });
    const isObject = most > iouThreshold;
    if (isObject && objects[image][best].difficult) return 'ignored';
    if (isObject && !found[image][best]) {
      found[image][best] = true;
      return 'right';
    }
    return crowds[image].some((crowd) => partInside(box, crowd.box) > iouThreshold) ? 'ignored' : 'wrong';
  };
  const ranked = detections
    .flatMap((list, image) => list.filter((each) => each.class === name).map((each) => ({ ...each, image })))
    .sort((a, b) => b.score - a.score)
    .map(({ box, image, score }) => ({ score, outcome: outcomeOf(box, image) }) as const);
  return { ranked, objects: objects.flat().filter((object) => !object.difficult).length };
}

/** What two boxes share, sides including their last pixel. */
function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1;
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1;
  return Math.max(width, 0) * Math.max(height, 0);
}

function areaOf(box: Box): number {
  return (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
}

function inclusiveIou(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  return shared / (areaOf(a) + areaOf(b) - shared);
}

function partInside(box: Box, other: Box): number {
  return sharedArea(box, other) / areaOf(box);
}
