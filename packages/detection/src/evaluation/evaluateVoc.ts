import { check } from '@tfjs-compress/math';
import type { Box, Detection } from '@tfjs-compress/math/detection';
import type { Annotation } from '../data/PictureSet.js';

export interface EvaluateVocOptions {
  /** Classes to evaluate. Default: all that have objects. */
  classes?: readonly string[];
  /** 2007: mean of the best precision at 11 recalls. 2010 and later: area under the falling envelope. Default 2010. */
  year?: number;
  /** A detection counts above this overlap. Default 0.5. */
  iouThreshold?: number;
}

export interface ClassResult {
  class: string;
  /** Average precision; NaN for a class without objects that count. */
  ap: number;
  /** After each detection, best first. */
  precision: number[];
  recall: number[];
  /** Objects that count. */
  objects: number;
}

export interface VocResult {
  /** Mean of the classes that have objects. */
  map: number;
  classes: ClassResult[];
}

/**
 * Average precision as VOC's development kit computes it: boxes include their last pixel (widths are x2 − x1 + 1), a detection
 * is compared with the object it overlaps most whether or not that is already found, a second one of the same object is wrong,
 * and what matches a difficult object counts neither way. `detections[i]` and `truth[i]` belong to the same picture.
 */
export function evaluateVoc(
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  { classes, year = 2010, iouThreshold = 0.5 }: EvaluateVocOptions = {},
): VocResult {
  check(detections.length === truth.length, 'detections', `one list a picture (${truth.length})`, detections.length);
  const names = classes ?? [...new Set(truth.flat().map((object) => object.class))].sort();
  const results = names.map((name) => evaluateClass(name, detections, truth, iouThreshold, year));
  const known = results.filter((each) => !Number.isNaN(each.ap));
  return { map: known.reduce((sum, each) => sum + each.ap, 0) / known.length, classes: results };
}

function evaluateClass(
  name: string,
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  iouThreshold: number,
  year: number,
): ClassResult {
  const objects = truth.map((list) => list.filter((object) => object.class === name));
  const found = objects.map((list) => list.map(() => false));
  const positives = objects.flat().filter((object) => !object.difficult).length;
  const ranked = detections
    .flatMap((list, picture) => list.filter((each) => each.class === name).map((each) => ({ ...each, picture })))
    .sort((a, b) => b.score - a.score);
  const precision: number[] = [];
  const recall: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { box, picture } of ranked) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    objects[picture].forEach((object, j) => {
      const overlap = inclusiveIou(box, object.box);
      if (overlap > most) [best, most] = [j, overlap];
    });
    if (most > iouThreshold && objects[picture][best].difficult) {
      // Counts neither way, but keeps its place: precision and recall stay as they are.
    } else if (most > iouThreshold && !found[picture][best]) {
      found[picture][best] = true;
      right++;
    } else wrong++;
    recall.push(right / positives);
    precision.push(right / Math.max(right + wrong, Number.EPSILON));
  }
  const ap = positives === 0 ? Number.NaN : averagePrecision(recall, precision, year);
  return { class: name, ap, precision, recall, objects: positives };
}

/** Average precision of a curve, by VOC's rule of that year. */
export function averagePrecision(recall: readonly number[], precision: readonly number[], year = 2010): number {
  if (year < 2010) {
    let sum = 0;
    for (let i = 0; i <= 10; i++) {
      const from = precision.filter((_, k) => recall[k] >= i * 0.1);
      sum += from.reduce((a, b) => Math.max(a, b), 0) / 11;
    }
    return sum;
  }
  let area = 0;
  let envelope = 0;
  for (let k = recall.length - 1; k >= 0; k--) {
    envelope = Math.max(envelope, precision[k]);
    area += (recall[k] - (k > 0 ? recall[k - 1] : 0)) * envelope;
  }
  return area;
}

function inclusiveIou(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1;
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1;
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
  return (width * height) / (area(a) + area(b) - width * height);
}
