import { type Boxes, check, checkKnownOptions, iou } from '@tfjs-compress/math/internal';

export interface MatchOptions {
  /** A candidate with at least this overlap with an object is positive. */
  positive: number;
  /**
   * A candidate with less than this overlap with every object is negative. In between it
   * is ignored.
   */
  negative: number;
  /**
   * Makes the candidates that overlap an object most positive, too, however little that
   * is. Default false.
   */
  keepBest?: boolean;
}

/** In matchBoxes' result: overlaps nothing enough. */
export const NEGATIVE = -1;
/** In matchBoxes' result: neither positive nor negative. */
export const IGNORED = -2;

/**
 * For each candidate the index of the object it belongs to, or NEGATIVE, or IGNORED.
 *
 * ```js
 * const matches = matchBoxes(toBoxes([[0, 0, 9, 9], [30, 30, 39, 39]]), toBoxes([[0, 0, 10, 10]]), {
 *   positive: 0.5,
 *   negative: 0.3,
 * });
 * console.log([...matches]); // → [ 0, -1 ]
 * ```
 *
 * @param candidates Such as the windows of gridBoxes(): x1, y1, x2, y2 one after another.
 * @param objects The boxes they are compared with, in the same pixels.
 * @param options The overlaps; no default.
 * @returns [candidates]
 * @throws ArgumentError unless positive ≥ negative.
 */
export function matchBoxes(candidates: Boxes, objects: Boxes, options: MatchOptions): Int32Array {
  checkKnownOptions(options, ['positive', 'negative', 'keepBest'], 'matchBoxes');
  const { positive, negative, keepBest = false } = options;
  check(positive >= negative, 'positive', `a number from negative (${negative}) on`, positive);
  const [n, m] = [candidates.length / 4, objects.length / 4];
  const out = new Int32Array(n);
  const overlaps = new Float32Array(n * m);
  const bestOfObject = new Float32Array(m);
  for (let i = 0; i < n; i++) {
    let best = NEGATIVE;
    let most = 0;
    for (let j = 0; j < m; j++) {
      const overlap = iou(candidates, i, objects, j);
      overlaps[i * m + j] = overlap;
      if (overlap > most) [best, most] = [j, overlap];
      if (overlap > bestOfObject[j]) bestOfObject[j] = overlap;
    }
    out[i] = most >= positive ? best : most < negative ? NEGATIVE : IGNORED;
  }
  if (keepBest) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        if (out[i] < 0 && bestOfObject[j] > 0 && overlaps[i * m + j] === bestOfObject[j]) out[i] = j;
      }
    }
  }
  return out;
}
