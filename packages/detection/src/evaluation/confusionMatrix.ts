import { check, type Detection, iou, resolveOptions, toBoxes } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';
import { checkEvaluated, checkOverlap, classesOf } from './checkEvaluated.js';

export interface ConfusionMatrixOptions {
  /** Default: all that objects or detections have, sorted. */
  classes?: readonly string[];
  /** Detections of lower scores are left out. Default 0. */
  scoreThreshold?: number;
  /** A detection belongs to an object from this overlap on. Default 0.5. */
  iouThreshold?: number;
}

export interface ConfusionMatrix {
  /** Names of the rows and columns but the last, which is the background. */
  classes: readonly string[];
  /**
   * [class of the object][class of the detection]: the last row is detected where nothing
   * is, the last column missed.
   */
  counts: number[][];
}

/**
 * What objects are taken for. Pairs of any classes, of most overlap first, belong
 * together, each object and detection once. Difficult objects, crowds, and what belongs
 * to them are not counted.
 *
 * @throws ArgumentError for an option, and for boxes or scores that are not numbers.
 * @example
 * const { classes, counts } = confusionMatrix(detections, truth, { scoreThreshold: 0.3 });
 * console.log(`missed ${classes[0]}: ${counts[0][classes.length]}`);
 */
export function confusionMatrix(
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  options: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  const defaults = { classes: undefined as ConfusionMatrixOptions['classes'], scoreThreshold: 0, iouThreshold: 0.5 };
  const { classes, scoreThreshold, iouThreshold } = resolveOptions('confusionMatrix', options, defaults);
  check(scoreThreshold >= 0 && scoreThreshold <= 1, 'scoreThreshold', 'a number from 0 to 1', scoreThreshold);
  checkOverlap(iouThreshold);
  checkEvaluated(detections, truth);
  const names = classesOf(
    classes,
    truth.map((objects, i) => [...objects, ...detections[i]]),
  );
  const counts = Array.from({ length: names.length + 1 }, () => new Array<number>(names.length + 1).fill(0));
  const background = names.length;
  truth.forEach((all, image) => {
    const objects = all.filter(({ class: name }) => names.includes(name));
    const found = detections[image].filter(({ class: name, score }) => names.includes(name) && score >= scoreThreshold);
    const matches = matchPairs(objects, found, iouThreshold);
    objects.forEach(({ class: name, difficult, crowd }, i) => {
      const match = matches.get(i);
      const column = match === undefined ? background : names.indexOf(found[match].class);
      if (!difficult && !crowd) counts[names.indexOf(name)][column]++;
    });
    const matched = new Set(matches.values());
    found.forEach(({ class: name }, j) => {
      if (!matched.has(j) && !isIgnored(objects, found[j], iouThreshold)) counts[background][names.indexOf(name)]++;
    });
  });
  return { classes: names, counts };
}

/** Object → detection. Objects that count come before those that do not. */
function matchPairs(objects: Annotation[], found: Detection[], iouThreshold: number): Map<number, number> {
  const [a, b] = [toBoxes(objects.map(({ box }) => box)), toBoxes(found.map(({ box }) => box))];
  const pairs = objects.flatMap(({ difficult, crowd }, i) =>
    found.map((_, j) => ({ i, j, overlap: iou(a, i, b, j), isLast: Boolean(difficult || crowd) })),
  );
  const good = pairs.filter(({ overlap }) => overlap > 0 && overlap >= iouThreshold);
  good.sort((p, q) => Number(p.isLast) - Number(q.isLast) || q.overlap - p.overlap);
  const matches = new Map<number, number>();
  const taken = new Set<number>();
  for (const { i, j } of good) {
    if (matches.has(i) || taken.has(j)) continue;
    matches.set(i, j);
    taken.add(j);
  }
  return matches;
}

/** Whether a detection belongs to a difficult object, or lies in a crowd. */
function isIgnored(objects: Annotation[], { box }: Detection, iouThreshold: number): boolean {
  const own = toBoxes([box]);
  return objects.some((object) => {
    if (object.difficult) return iou(own, 0, toBoxes([object.box]), 0) >= iouThreshold;
    if (!object.crowd) return false;
    const width = Math.min(box[2], object.box[2]) - Math.max(box[0], object.box[0]);
    const height = Math.min(box[3], object.box[3]) - Math.max(box[1], object.box[1]);
    const part = (Math.max(width, 0) * Math.max(height, 0)) / ((box[2] - box[0]) * (box[3] - box[1]));
    return part >= iouThreshold;
  });
}
