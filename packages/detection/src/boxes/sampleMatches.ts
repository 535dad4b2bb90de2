import { check, checkInteger, checkKnownOptions } from '@tfjs-compress/math/internal';
import { NEGATIVE } from './matchBoxes.js';

export interface SampleOptions {
  /** How many to draw. */
  count: number;
  /** At most this part of them positive; the rest is filled with negatives. */
  positiveFraction: number;
  /** Gives numbers in [0, 1). */
  random: () => number;
}

/**
 * Draws from matchBoxes' result at random, without repetition: indices of positives
 * first, then of negatives; may be fewer than `count`. Every object gets as many
 * positives as any other, as long as it has some: a large object has hundreds of windows,
 * a small one three, and drawn evenly from all windows the small one would hardly ever be
 * seen. (Ours; torchvision draws evenly.)
 *
 * ```js
 * const matches = Int32Array.of(0, NEGATIVE, 0, IGNORED, NEGATIVE);
 * const drawn = sampleMatches(matches, { count: 4, positiveFraction: 0.25, random: Math.random });
 * console.log(drawn.length); // → 3
 * ```
 *
 * @param matches What matchBoxes() gave.
 * @param options How many, and which part of them positive at most; no default.
 * @throws ArgumentError for an option.
 */
export function sampleMatches(matches: Int32Array, options: SampleOptions): number[] {
  checkKnownOptions(options, ['count', 'positiveFraction', 'random'], 'sampleMatches');
  const { count, positiveFraction, random } = options;
  checkInteger(count, 'count', 0);
  check(positiveFraction >= 0 && positiveFraction <= 1, 'positiveFraction', 'a number from 0 to 1', positiveFraction);
  const ofObject = new Map<number, number[]>();
  const negatives: number[] = [];
  matches.forEach((match, i) => {
    if (match === NEGATIVE) negatives.push(i);
    else if (match >= 0) {
      const list = ofObject.get(match);
      if (list) list.push(i);
      else ofObject.set(match, [i]);
    }
  });
  const drawn = drawInTurn([...ofObject.values()], Math.floor(count * positiveFraction), random);
  return drawn.concat(draw(negatives, count - drawn.length, random));
}

/**
 * `count` elements or all if there are fewer, from each list in turn; which lists come
 * first is random.
 */
function drawInTurn(lists: number[][], count: number, random: () => number): number[] {
  const order = draw([...lists.keys()], lists.length, random);
  const shuffled = order.map((i) => draw(lists[i], Math.min(count, lists[i].length), random));
  const drawn: number[] = [];
  for (let turn = 0; drawn.length < count; turn++) {
    const next = shuffled.filter((list) => turn < list.length).map((list) => list[turn]);
    if (next.length === 0) break;
    drawn.push(...next.slice(0, count - drawn.length));
  }
  return drawn;
}

/**
 * `count` different elements, or all if there are fewer; the order is random. Reorders
 * `from`.
 */
export function draw(from: number[], count: number, random: () => number): number[] {
  const n = Math.min(count, from.length);
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor(random() * (from.length - i));
    [from[i], from[j]] = [from[j], from[i]];
  }
  return from.slice(0, n);
}
