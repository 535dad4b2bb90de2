import { type Detection, resolveOptions } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';
import { checkEvaluated, checkOverlap, classesOf } from './checkEvaluated.js';
import { type Matched, matchClass } from './matchClass.js';

export interface ScoreCurvesOptions {
  /** Default: all that have objects. */
  classes?: readonly string[];
  /** A detection counts above this overlap. Default 0.5. */
  iouThreshold?: number;
}

/** What is kept with a scoreThreshold, and how good that is. */
export interface ScorePoint {
  /** detect()'s scoreThreshold: detections above it are kept. */
  threshold: number;
  /** Part of the detections kept that are right. */
  precision: number;
  /** Part of the objects found. */
  recall: number;
  /** Harmonic mean of both. */
  f1: number;
}

export interface ScoreCurve {
  /** Every threshold that makes a difference, the highest first. */
  points: ScorePoint[];
  /**
   * The point with the largest f1; undefined where there are no detections or no objects.
   */
  best: ScorePoint | undefined;
  /** Objects that count. */
  objects: number;
}

/**
 * Precision, recall and F1 over the score threshold, matched as evaluateVoc() does: of
 * all classes together and of each. Choose thresholds on validation images, not on
 * those you report.
 *
 * @param detections Of each image; of low scores, too, as detectAll() gives them.
 * @throws ArgumentError for an option, and for boxes or scores that are not numbers.
 * @example
 * const { all } = scoreCurves(detections, valSet.images.map(({ objects }) => objects));
 * console.log(all.best); // { threshold: 0.31, precision: 0.9, recall: 0.88, f1: 0.89 }
 */
export function scoreCurves(
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Annotation[])[],
  options: ScoreCurvesOptions = {},
): { all: ScoreCurve; classes: Record<string, ScoreCurve> } {
  const defaults = { classes: undefined as ScoreCurvesOptions['classes'], iouThreshold: 0.5 };
  const { classes, iouThreshold } = resolveOptions('scoreCurves', options, defaults);
  checkOverlap(iouThreshold);
  checkEvaluated(detections, truth);
  const matched = classesOf(classes, truth).map(
    (name) => [name, matchClass(name, detections, truth, iouThreshold)] as const,
  );
  const ranked = matched.flatMap(([, each]) => each.ranked).sort((a, b) => b.score - a.score);
  const objects = matched.reduce((sum, [, each]) => sum + each.objects, 0);
  return {
    all: curveOf({ ranked, objects }),
    classes: Object.fromEntries(matched.map(([name, each]) => [name, curveOf(each)])),
  };
}

function curveOf({ ranked, objects }: Matched): ScoreCurve {
  const points: ScorePoint[] = [];
  let [right, wrong] = [0, 0];
  ranked.forEach(({ score, outcome }, i) => {
    if (outcome === 'right') right++;
    if (outcome === 'wrong') wrong++;
    const next = ranked[i + 1]?.score ?? 0;
    // Those of one score are kept together. Halfway to the next, the threshold is robust.
    if (next === score || objects === 0) return;
    const precision = right / Math.max(right + wrong, 1);
    const recall = right / objects;
    points.push({ threshold: (score + next) / 2, precision, recall, f1: (2 * right) / (right + wrong + objects) });
  });
  const best = points.reduce<ScorePoint | undefined>((a, b) => (a && a.f1 >= b.f1 ? a : b), undefined);
  return { points, best, objects };
}
