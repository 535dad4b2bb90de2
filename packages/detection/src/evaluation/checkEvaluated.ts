import { type Box, check } from '@tfjs-compress/math/internal';
import type { Annotation } from '../data/ImageSet.js';

/**
 * Throws an ArgumentError unless there is one list of found boxes, each with four numbers
 * and a score, for each list of objects.
 */
export function checkEvaluated(
  found: readonly (readonly { box: Box; score?: number; class?: string }[])[],
  truth: readonly (readonly Annotation[])[],
  argument = 'detections',
): void {
  const areLists = (lists: unknown) => Array.isArray(lists) && lists.every(Array.isArray);
  check(areLists(truth), 'truth', 'a list of objects for each image', truth);
  const expected = `a list for each image (${truth.length})`;
  check(areLists(found), argument, expected, found);
  check(found.length === truth.length, argument, expected, found.length);
  for (const [name, lists] of Object.entries({ [argument]: found, truth })) {
    lists.forEach((list, i) => {
      for (const { box } of list) {
        check(box?.length === 4 && box.every(Number.isFinite), `${name}[${i}]`, 'boxes of four numbers', box);
      }
    });
  }
  found.forEach((list, i) => {
    for (const { score } of list) {
      check(score === undefined || Number.isFinite(score), `${argument}[${i}]`, 'scores that are numbers', score);
    }
  });
}

/** The classes to evaluate: those given, or all that objects have, sorted. */
export function classesOf(
  classes: readonly string[] | undefined,
  truth: readonly (readonly Annotation[])[],
): readonly string[] {
  if (classes === undefined) return [...new Set(truth.flat().map((object) => object.class))].sort();
  const areNames = Array.isArray(classes) && classes.length > 0 && classes.every((name) => typeof name === 'string');
  check(areNames, 'classes', 'names, at least one', classes);
  return classes;
}

export function checkOverlap(iouThreshold: number): void {
  check(iouThreshold >= 0 && iouThreshold < 1, 'iouThreshold', 'a number from 0 to below 1', iouThreshold);
}
