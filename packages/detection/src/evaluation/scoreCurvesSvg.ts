import { check } from '@tfjs-compress/math/internal';
import { type Curve, curvesSvg } from './curvesSvg.js';
import type { ScoreCurve, ScorePoint } from './scoreCurves.js';

const figures: [keyof ScorePoint, string][] = [
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
];

/**
 * Precision, recall and F1 over the score threshold as an SVG picture, 448 pixels square.
 *
 * ```js
 * const truth = [[{ box: [0, 0, 10, 10], class: 'square' }]];
 * const { all } = scoreCurves([[{ box: [0, 0, 10, 8], class: 'square', score: 0.9 }]], truth);
 * console.log(scoreCurvesSvg(all).slice(0, 4)); // → <svg
 * ```
 *
 * @param curve `all`, or one of `classes`, of scoreCurves()'s result.
 * @returns The text of an SVG file.
 * @throws ArgumentError for what is not a curve.
 */
export function scoreCurvesSvg(curve: ScoreCurve): string {
  check(Array.isArray(curve?.points), 'curve', "scoreCurves()'s all or one of its classes", curve);
  const { points, best } = curve;
  const curves = figures.map(([key, name]): Curve => {
    const label = best ? `${name} ${best[key].toFixed(3)} at ${best.threshold.toFixed(2)}` : `${name}: none`;
    return { label, x: points.map(({ threshold }) => threshold), y: points.map((point) => point[key]) };
  });
  return curvesSvg(curves, {
    title: 'Precision, recall and F1 over the score threshold',
    x: 'score threshold',
    y: '',
  });
}
