import { check } from '@tfjs-compress/math/internal';
import { type Curve, curvesSvg } from './curvesSvg.js';
import type { ClassResult } from './evaluateVoc.js';

/**
 * Precision over recall of each class as an SVG picture: 448 pixels square, wider where
 * more than eight classes are named beside it. `classColours` overrides the colours of
 * classes by name.
 *
 * ```js
 * const truth = [[{ box: [0, 0, 10, 10], class: 'square' }]];
 * const { classes } = evaluateVoc([[{ box: [0, 0, 10, 8], class: 'square', score: 0.9 }]], truth);
 * console.log(precisionRecallSvg(classes, { square: '#c25a12' }).slice(0, 4)); // → <svg
 * ```
 *
 * @param classes Those of evaluateVoc()'s result.
 * @param classColours CSS colours by class. Default: one of eight for each.
 * @returns The text of an SVG file.
 * @throws ArgumentError for what are not classes of a result.
 */
export function precisionRecallSvg(
  classes: readonly Pick<ClassResult, 'class' | 'ap' | 'precision' | 'recall'>[],
  classColours: Readonly<Record<string, string>> = {},
): string {
  check(Array.isArray(classes), 'classes', "evaluateVoc()'s classes", classes);
  const curves = classes.map(({ class: name, ap, precision, recall }): Curve => {
    const label = `${name}: ${Number.isNaN(ap) ? 'no objects' : `AP ${ap.toFixed(3)}`}`;
    return { label, colour: classColours[name], x: recall, y: precision };
  });
  return curvesSvg(curves, { title: 'Precision over recall', x: 'recall', y: 'precision' });
}
