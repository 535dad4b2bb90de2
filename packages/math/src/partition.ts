import { check } from './checks.js';
import { keyMask, keysOf } from './keys.js';
import { hash } from './random.js';

/** The state of a weight that counts as 0, whatever its value. */
export const PRUNED = 0;
/** The state of a weight that is trained. */
export const FREE = 1;
/** The state of a weight that keeps its value. */
export const FROZEN = 2;

/** A set of states as bits, for the functions here. */
const setOf = (...states: number[]): number => states.reduce((set, state) => set | (1 << state), 0);

const lowBits = 15;

interface Threshold {
  /** The key of the weight that is `count`-th in decreasing order. */
  key: number;
  /** How many of the weights with that very key are among the first `count`. */
  ties: number;
}

/**
 * The exact `count`-th largest key among the weights whose state is in `among`: two
 * passes of a radix selection, O(n), 384 KiB whatever n. Sign bits are ignored. count
 * from 1 to the number of such weights.
 */
function selectKey(keys: Uint32Array, states: Uint8Array | undefined, among: number, count: number): Threshold {
  const high = new Uint32Array((keyMask >>> lowBits) + 1);
  const n = keys.length;
  if (states) {
    for (let i = 0; i < n; i++) if ((among >> states[i]) & 1) high[(keys[i] & keyMask) >>> lowBits]++;
  } else {
    for (let i = 0; i < n; i++) high[(keys[i] & keyMask) >>> lowBits]++;
  }
  const upper = nthFromTop(high, count);
  const low = new Uint32Array(1 << lowBits);
  const lowMask = (1 << lowBits) - 1;
  for (let i = 0; i < n; i++) {
    const key = keys[i] & keyMask;
    if (key >>> lowBits === upper.bucket && (!states || (among >> states[i]) & 1)) low[key & lowMask]++;
  }
  const lower = nthFromTop(low, upper.rest);
  return { key: (upper.bucket << lowBits) | lower.bucket, ties: lower.rest };
}

function nthFromTop(histogram: Uint32Array, count: number): { bucket: number; rest: number } {
  let rest = count;
  let bucket = histogram.length - 1;
  while (histogram[bucket] < rest) rest -= histogram[bucket--];
  return { bucket, rest };
}

/**
 * Gives the `count` weights with the largest keys, of those in state `from`, the state
 * `to`; of equal ones the first.
 */
function promote(keys: Uint32Array, states: Uint8Array, count: number, from: number, to: number): void {
  if (count <= 0) return;
  const { key: threshold, ties } = selectKey(keys, states, setOf(from), count);
  let left = ties;
  for (let i = 0; i < states.length; i++) {
    if (states[i] !== from) continue;
    const key = keys[i] & keyMask;
    if (key > threshold || (key === threshold && left-- > 0)) states[i] = to;
  }
}

/**
 * How many weights are in a state.
 *
 * ```js
 * console.log(countState(Uint8Array.of(FREE, FROZEN, FREE), FREE)); // → 2
 * ```
 */
export function countState(states: Uint8Array, state: number): number {
  let count = 0;
  // 1 for a difference of 0, without a branch that nothing could foresee.
  for (let i = 0; i < states.length; i++) count += ((states[i] ^ state) - 1) >>> 31;
  return count;
}

/**
 * The k-th largest magnitude, exactly, in O(n) and without a copy.
 *
 * ```js
 * console.log(kthLargestMagnitude(Float32Array.of(1, -4, 2), 2)); // → 2
 * ```
 *
 * @param values Not NaN.
 * @param k 1 is the largest.
 * @throws ArgumentError when k is not from 1 to the number of values.
 */
export function kthLargestMagnitude(values: Float32Array, k: number): number {
  check(Number.isInteger(k) && k >= 1 && k <= values.length, 'k', `an integer from 1 to ${values.length}`, k);
  return magnitudeOf(selectKey(keysOf(values), undefined, 0, k).key);
}

function magnitudeOf(key: number): number {
  return new Float32Array(Uint32Array.of(key).buffer)[0];
}

export interface FreezeOptions {
  /**
   * 'magnitude' takes the largest weights (INQ's "pruning-inspired" partition), 'random'
   * any. Default 'magnitude'.
   */
  method?: 'magnitude' | 'random';
  /**
   * Of the random choice: with the same one, sets of growing fractions are nested.
   * Default 0.
   */
  seed?: number;
}

/**
 * One partition of INQ (arXiv:1702.03044, Eq. 5), in place: makes free weights frozen
 * until round(fraction · n) are, where n leaves out the pruned ones. What is frozen stays
 * frozen. Of weights with equal magnitude the first are taken.
 *
 * ```js
 * const states = new Uint8Array(4).fill(FREE);
 * freezeFraction(Float32Array.of(0.9, -0.4, 0.1, 0.02), states, 0.5);
 * console.log(states.join(' ')); // → 2 2 1 1
 * ```
 *
 * @param fraction Accumulated, in [0, 1].
 * @throws ArgumentError when the fraction is not in [0, 1].
 */
export function freezeFraction(
  values: Float32Array,
  states: Uint8Array,
  fraction: number,
  { method = 'magnitude', seed = 0 }: FreezeOptions = {},
): void {
  check(fraction >= 0 && fraction <= 1, 'fraction', 'a number in [0, 1]', fraction);
  const wanted = Math.round(fraction * (states.length - countState(states, PRUNED)));
  const keys = method === 'magnitude' ? keysOf(values) : Uint32Array.from(values, (_, i) => hash(seed, i));
  promote(keys, states, wanted - countState(states, FROZEN), FREE, FROZEN);
}

/** How many of n weights stay at a sparsity: the nearest number, but never none. */
function keptAt(sparsity: number, n: number): number {
  check(sparsity >= 0 && sparsity < 1, 'sparsity', 'a number in [0, 1)', sparsity);
  return Math.max(Math.min(1, n), n - Math.round(sparsity * n));
}

/**
 * Prunes the smallest weights, in place, so that exactly round(sparsity · n) are pruned
 * (one less where that would be all). Pruned weights that are large enough come back;
 * frozen ones stay and count as remaining.
 *
 * ```js
 * const states = new Uint8Array(4).fill(FREE);
 * pruneToSparsity(Float32Array.of(0.9, -0.4, 0.1, 0.02), states, 0.5);
 * console.log(states.join(' ')); // → 1 1 0 0
 * ```
 *
 * @param sparsity In [0, 1).
 */
export function pruneToSparsity(values: Float32Array, states: Uint8Array, sparsity: number): void {
  const kept = keptAt(sparsity, states.length) - countState(states, FROZEN);
  for (let i = 0; i < states.length; i++) if (states[i] === FREE) states[i] = PRUNED;
  promote(keysOf(values), states, kept, PRUNED, FREE);
}

/**
 * The magnitude below which round(sparsity · n) of the weights lie, frozen ones counted
 * as above it.
 *
 * ```js
 * console.log(magnitudeAtSparsity(Float32Array.of(4, -1, 2, 3), new Uint8Array(4).fill(FREE), 0.5)); // → 3
 * ```
 *
 * @returns Infinity when the frozen weights are already as many as may remain.
 */
export function magnitudeAtSparsity(values: Float32Array, states: Uint8Array, sparsity: number): number {
  const hasFrozen = states.includes(FROZEN);
  const kept = keptAt(sparsity, states.length) - (hasFrozen ? countState(states, FROZEN) : 0);
  if (kept <= 0) return Number.POSITIVE_INFINITY;
  return magnitudeOf(selectKey(keysOf(values), hasFrozen ? states : undefined, setOf(FREE, PRUNED), kept).key);
}
