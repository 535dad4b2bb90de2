import { type Box, type Detection, resolveOptions } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';
import { checkEvaluated, classesOf } from './checkEvaluated.js';

export interface EvaluateCocoOptions {
  /** Classes to evaluate. Default: all that have objects. */
  classes?: readonly string[];
}

/**
 * COCO's twelve figures, 0 to 1; −1 where there is nothing to measure (no small objects,
 * say).
 */
export interface CocoResult {
  /** Mean over overlaps .5, .55, …, .95. */
  ap: number;
  ap50: number;
  ap75: number;
  /** Objects below 32², from there to 96², and above, in pixels. */
  apSmall: number;
  apMedium: number;
  apLarge: number;
  /** Average recall with at most 1, 10 and 100 detections per image. */
  ar1: number;
  ar10: number;
  ar100: number;
  arSmall: number;
  arMedium: number;
  arLarge: number;
  /** AP of each class, all overlaps. */
  perClass: Record<string, number>;
}

const overlaps = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + (i * (0.95 - 0.5)) / 9));
const recalls = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));
const ranges = { all: [0, 1e10], small: [0, 32 ** 2], medium: [32 ** 2, 96 ** 2], large: [96 ** 2, 1e10] } as const;
type Range = keyof typeof ranges;

/** One image's detections of one class, ranked, matched at each overlap. */
interface Matched {
  scores: number[];
  /** [overlap][detection] */
  right: boolean[][];
  ignored: boolean[][];
  /** Objects that count. */
  objects: number;
}

/**
 * Average precision and recall as COCO's evaluation computes them: ranked detections take
 * the best object not yet taken, at ≥ the overlap; crowds and objects outside the range
 * of areas are ignored, and so is what matches them. VOC's difficult objects are ignored
 * likewise, but found once at most, as COCO ignores objects. `detections[i]` and
 * `truth[i]` belong to the same image.
 *
 * ```js
 * const truth = [[{ box: [0, 0, 10, 10], class: 'square' }]];
 * const { ap50 } = evaluateCoco([[{ box: [0, 0, 10, 8], class: 'square', score: 0.9 }]], truth);
 * console.log(ap50.toFixed(2)); // → 1.00
 * ```
 *
 * @param detections Of each image, as detectAll() gives them.
 * @param truth The objects of each image: `set.images.map(({ objects }) => objects)`.
 * @param options Which classes; by default those of the objects.
 * @throws ArgumentError for an option, and for boxes or scores that are not numbers.
 */
export function evaluateCoco(
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  options: EvaluateCocoOptions = {},
): CocoResult {
  const { classes } = resolveOptions('evaluateCoco', options, { classes: undefined as EvaluateCocoOptions['classes'] });
  checkEvaluated(detections, truth);
  const names = classesOf(classes, truth);
  const matched = (range: Range, name: string) =>
    truth.map((objects, i) =>
      matchImage(
        detections[i].filter((each) => each.class === name),
        objects.filter((each) => each.class === name),
        ranges[range],
      ),
    );
  const curves = (range: Range, maxDetections: number) =>
    names.map((name) => accumulate(matched(range, name), maxDetections));
  const all = curves('all', 100);
  const byRange = { small: curves('small', 100), medium: curves('medium', 100), large: curves('large', 100) };
  const recallOf = (of: Curves[]) => mean(of.flatMap((each) => each.recall));
  const precisionOf = (of: Curves[], at?: number) =>
    mean(of.flatMap((each) => (at === undefined ? each.precision.flat() : each.precision[at])));
  return {
    ap: precisionOf(all),
    ap50: precisionOf(all, 0),
    ap75: precisionOf(all, 5),
    apSmall: precisionOf(byRange.small),
    apMedium: precisionOf(byRange.medium),
    apLarge: precisionOf(byRange.large),
    ar1: recallOf(curves('all', 1)),
    ar10: recallOf(curves('all', 10)),
    ar100: recallOf(all),
    arSmall: recallOf(byRange.small),
    arMedium: recallOf(byRange.medium),
    arLarge: recallOf(byRange.large),
    perClass: Object.fromEntries(names.map((name, i) => [name, precisionOf([all[i]])])),
  };
}

function matchImage(
  detections: readonly Detection[],
  objects: readonly Annotation[],
  [smallest, largest]: readonly [number, number],
): Matched {
  const outside = (area: number) => area < smallest || area > largest;
  const ignoredObject = (object: Annotation) =>
    object.crowd === true || object.difficult === true || outside(object.area ?? areaOf(object.box));
  const sorted = [...objects].sort((a, b) => Number(ignoredObject(a)) - Number(ignoredObject(b)));
  const ranked = [...detections].sort((a, b) => b.score - a.score).slice(0, 100);
  const right: boolean[][] = [];
  const ignored: boolean[][] = [];
  for (const overlap of overlaps) {
    const taken = sorted.map(() => false);
    const matches = ranked.map(({ box }) => {
      let best = -1;
      let most = Math.min(overlap, 1 - 1e-10);
      for (let j = 0; j < sorted.length; j++) {
        if (taken[j] && !sorted[j].crowd) continue;
        if (best >= 0 && !ignoredObject(sorted[best]) && ignoredObject(sorted[j])) break;
        const value = overlapWith(box, sorted[j]);
        if (value >= most) [best, most] = [j, value];
      }
      if (best >= 0) taken[best] = true;
      return best;
    });
    right.push(matches.map((match) => match >= 0));
    ignored.push(
      matches.map((match, i) => (match >= 0 ? ignoredObject(sorted[match]) : outside(areaOf(ranked[i].box)))),
    );
  }
  const counted = sorted.filter((object) => !ignoredObject(object)).length;
  return { scores: ranked.map((each) => each.score), right, ignored, objects: counted };
}

interface Curves {
  /** [overlap][101 recalls], empty without objects. */
  precision: number[][];
  /** [overlap], empty without objects. */
  recall: number[];
}

function accumulate(images: Matched[], maxDetections: number): Curves {
  const objects = images.reduce((sum, each) => sum + each.objects, 0);
  if (objects === 0) return { precision: overlaps.map(() => []), recall: [] };
  const ranked = images
    .flatMap((image) => image.scores.slice(0, maxDetections).map((score, i) => ({ score, image, i })))
    .sort((a, b) => b.score - a.score);
  const recall: number[] = [];
  const precision = overlaps.map((_, t) => {
    const points: { recall: number; precision: number }[] = [];
    let right = 0;
    let wrong = 0;
    for (const { image, i } of ranked) {
      if (!image.ignored[t][i]) {
        if (image.right[t][i]) right++;
        else wrong++;
      }
      points.push({ recall: right / objects, precision: right / (right + wrong + Number.EPSILON) });
    }
    recall.push(points.at(-1)?.recall ?? 0);
    for (let k = points.length - 2; k >= 0; k--) {
      points[k].precision = Math.max(points[k].precision, points[k + 1].precision);
    }
    let k = 0;
    return recalls.map((wanted) => {
      while (k < points.length && points[k].recall < wanted) k++;
      return points[k]?.precision ?? 0;
    });
  });
  return { precision, recall };
}

function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

/** Intersection over union; over the detection's area where the object is a crowd. */
function overlapWith(box: Box, object: Annotation): number {
  const width = Math.min(box[2], object.box[2]) - Math.max(box[0], object.box[0]);
  const height = Math.min(box[3], object.box[3]) - Math.max(box[1], object.box[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (object.crowd ? areaOf(box) : areaOf(box) + areaOf(object.box) - shared);
}

function mean(values: number[]): number {
  return values.length === 0 ? -1 : values.reduce((a, b) => a + b, 0) / values.length;
}
