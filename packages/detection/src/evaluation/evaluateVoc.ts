import { checkInteger, type Detection, resolveOptions } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';
import { checkEvaluated, checkOverlap, classesOf } from './checkEvaluated.js';
import { type Matched, matchClass } from './matchClass.js';

export interface EvaluateVocOptions {
  /** Classes to evaluate. Default: all that have objects. */
  classes?: readonly string[];
  /**
   * 2007: mean of the best precision at 11 recalls. 2010 and later: area under the
   * falling envelope. Default 2010.
   */
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
  /** Scores of those detections. */
  scores: number[];
  /** Objects that count. */
  objects: number;
}

export interface VocResult {
  /** Mean of the classes that have objects. */
  map: number;
  classes: ClassResult[];
}

/**
 * Average precision as VOC's development kit computes it: boxes include their last pixel
 * (widths are x2 − x1 + 1), a detection is compared with the object it overlaps most
 * whether or not that is already found, a second one of the same object is wrong, and
 * what matches a difficult object counts neither way. VOC has no crowds: as in COCO, a
 * detection that is nothing else, but of which more than iouThreshold lies in a crowd,
 * counts neither way, and the crowd need not be found. `detections[i]` and `truth[i]`
 * belong to the same image.
 *
 * ```js
 * const truth = [[{ box: [0, 0, 10, 10], class: 'square' }]];
 * const { map } = evaluateVoc([[{ box: [0, 0, 10, 8], class: 'square', score: 0.9 }]], truth);
 * console.log(map); // → 1
 * ```
 *
 * @param detections Of each image, as detectAll() gives them.
 * @param truth The objects of each image: `set.images.map(({ objects }) => objects)`.
 * @param options Classes, the year of the rules, and the overlap.
 * @throws ArgumentError for an option, and for boxes or scores that are not numbers.
 */
export function evaluateVoc(
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  options: EvaluateVocOptions = {},
): VocResult {
  const defaults = { classes: undefined as EvaluateVocOptions['classes'], year: 2010, iouThreshold: 0.5 };
  const { classes, year, iouThreshold } = resolveOptions('evaluateVoc', options, defaults);
  checkInteger(year, 'year', 2005);
  checkOverlap(iouThreshold);
  checkEvaluated(detections, truth);
  const names = classesOf(classes, truth);
  const results = names.map((name) => evaluateClass(matchClass(name, detections, truth, iouThreshold), name, year));
  const known = results.filter((each) => !Number.isNaN(each.ap));
  return { map: known.reduce((sum, each) => sum + each.ap, 0) / known.length, classes: results };
}

function evaluateClass({ ranked, objects }: Matched, name: string, year: number): ClassResult {
  const precision: number[] = [];
  const recall: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { outcome } of ranked) {
    if (outcome === 'right') right++;
    // What is ignored keeps its place: precision and recall stay as they are.
    else if (outcome === 'wrong') wrong++;
    recall.push(right / objects);
    precision.push(right / Math.max(right + wrong, Number.EPSILON));
  }
  const ap = objects === 0 ? Number.NaN : averagePrecision(recall, precision, year);
  return { class: name, ap, precision, recall, scores: ranked.map(({ score }) => score), objects };
}

/**
 * Average precision of a curve, by VOC's rule of that year.
 *
 * ```js
 * console.log(averagePrecision([0.5, 1], [1, 0.5])); // → 0.75
 * ```
 *
 * @param recall At each detection, best first.
 * @param precision At each detection.
 * @param year Before 2010 the mean of the largest precisions from recall 0, .1, …, 1 on;
 *   else the area under the curve made to fall only. Default 2010.
 * @returns 0 to 1
 */
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
