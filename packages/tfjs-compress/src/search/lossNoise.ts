import { check } from '@tfjs-compress/math/internal';
import type { Start } from './Start.js';
import { scoreOf } from './scoreOf.js';
import type { SearchJob } from './types.js';

/**
 * The standard error of what a model loses against the given one, from the differences of
 * both on each example. Where most answers are the same, it is smaller than the standard
 * error of either score (McNemar, 1947, for answers that are right or wrong).
 *
 * @param each The model's score of each example.
 */
export async function lossNoise(job: SearchJob, start: Start, each: ArrayLike<number>): Promise<number> {
  const given = await givenScores(job, start);
  const expected = `the scores of ${given.length} examples, as of the given model`;
  check(each.length === given.length, "evaluate's result", expected, each.length);
  return standardError(Float64Array.from(each, (score, i) => score - given[i]));
}

/** Of the mean of some values. */
function standardError(values: Float64Array): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / n;
}

/** Once in each process: only scores of the same process are compared. */
async function givenScores(job: SearchJob, start: Start): Promise<ArrayLike<number>> {
  let found = known.get(start);
  if (!found) {
    found = start.copy().then(async ({ model, dispose }) => {
      try {
        return (await scoreOf(job.evaluate, model)).each ?? [];
      } finally {
        dispose();
      }
    });
    known.set(start, found);
  }
  return found;
}

const known = new WeakMap<Start, Promise<ArrayLike<number>>>();
