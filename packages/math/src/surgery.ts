import { keyMask, keyOfInfinity, keysOf } from './keys.js';
import { FREE, FROZEN, magnitudeAtSparsity, PRUNED } from './partition.js';

/**
 * Below a: pruned. From b on: spliced back, if it is not 0. Between them a weight stays
 * what it is. 0 ≤ a ≤ b.
 */
export interface SurgeryThresholds {
  a: number;
  b: number;
}

export interface MagnitudeStats {
  count: number;
  mean: number;
  /** Population standard deviation. */
  std: number;
}

/**
 * Mean and standard deviation of the magnitudes of all non-zero values, the arrays
 * pooled.
 *
 * ```js
 * console.log(magnitudeStats([Float32Array.of(1, -3, 0)])); // → { count: 2, mean: 2, std: 1 }
 * ```
 */
export function magnitudeStats(arrays: Float32Array[]): MagnitudeStats {
  let [count, sum, squares] = [0, 0, 0];
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) continue;
      count++;
      sum += Math.abs(values[i]);
    }
  }
  const mean = count > 0 ? sum / count : 0;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) squares += (Math.abs(values[i]) - mean) ** 2;
  }
  return { count, mean, std: count > 0 ? Math.sqrt(squares / count) : 0 };
}

/**
 * DNS's thresholds from the rate c (arXiv:1608.04493, §3.2; the factors are those of the
 * authors' code): t = max(mean + c·std, 0), a = (1 - hysteresis)·t, b = (1 +
 * hysteresis)·t.
 *
 * ```js
 * console.log(surgeryThresholds({ count: 2, mean: 2, std: 1 }, 0, 0.5)); // → { a: 1, b: 3 }
 * ```
 */
export function surgeryThresholds({ mean, std }: MagnitudeStats, rate: number, hysteresis = 0.1): SurgeryThresholds {
  return around(Math.max(mean + rate * std, 0), hysteresis);
}

/**
 * Thresholds around the magnitude below which a fraction of the weights lies.
 *
 * ```js
 * const values = Float32Array.of(4, -1, 2, 3);
 * console.log(thresholdsForSparsity(values, new Uint8Array(4).fill(FREE), 0.5, 0)); // → { a: 3, b: 3 }
 * ```
 */
export function thresholdsForSparsity(
  values: Float32Array,
  states: Uint8Array,
  sparsity: number,
  hysteresis = 0.1,
): SurgeryThresholds {
  return around(magnitudeAtSparsity(values, states, sparsity), hysteresis);
}

function around(t: number, hysteresis: number): SurgeryThresholds {
  return { a: (1 - hysteresis) * t, b: (1 + hysteresis) * t };
}

/** What a mask update changed. */
export interface MaskChange {
  /** How many were pruned. */
  pruned: number;
  /** Where those are that came back. */
  spliced: number[];
}

/**
 * Updates the mask in place (DNS, Eq. 3): |w| < a is pruned, |w| ≥ b comes back, frozen
 * weights and NaN stay. A weight of 0 does not come back even at b = 0, the threshold of
 * a kernel with more zeros than its target: which of them matter is known once they have
 * been trained under the mask. It may run at every step of training, so that a weight
 * costs no branch that cannot be foreseen: magnitudes are compared as integers.
 *
 * ```js
 * const states = Uint8Array.of(FREE, PRUNED);
 * console.log(updateMask(Float32Array.of(0.05, 0.5), states, { a: 0.1, b: 0.2 })); // → { pruned: 1, spliced: [ 1 ] }
 * ```
 */
export function updateMask(values: Float32Array, states: Uint8Array, { a, b }: SurgeryThresholds): MaskChange {
  const keys = keysOf(values);
  const [low, high] = [keyNotBelow(a), Math.max(1, keyNotBelow(b))];
  const spliced: number[] = [];
  let pruned = 0;
  for (let i = 0; i < states.length; i++) {
    const key = keys[i] & keyMask;
    const isBelow = (key - low) >>> 31;
    const isOut = ((key - high) | (keyOfInfinity - key)) >>> 31;
    const state = states[i];
    const next = afterUpdate[(state << 2) | (isBelow << 1) | isOut];
    if (next === state) continue;
    states[i] = next;
    if (next === PRUNED) pruned++;
    else spliced.push(i);
  }
  return { pruned, spliced };
}

/** The next state, by state · 4 + (|w| < a) · 2 + not (|w| ≥ b). */
const afterUpdate = Uint8Array.of(
  ...[FREE, PRUNED, FREE, PRUNED],
  ...[FREE, FREE, PRUNED, PRUNED],
  ...[FROZEN, FROZEN, FROZEN, FROZEN],
);

/** The key (partition.ts) of the smallest float32 that is not below x ≥ 0. */
function keyNotBelow(x: number): number {
  const nearest = Float32Array.of(x);
  return (keysOf(nearest)[0] & keyMask) + (nearest[0] < x ? 1 : 0);
}

/**
 * The probability of a mask update at a step: (1 + gamma·step)^-power (DNS, §3.3).
 *
 * ```js
 * console.log(triggerProbability(1, 1, 1)); // → 0.5
 * ```
 */
export function triggerProbability(step: number, gamma: number, power: number): number {
  return (1 + gamma * step) ** -power;
}
