import { type Codebook, roundToPowerOfTwo } from './levels.js';
import {
  FREE,
  FROZEN,
  type FreezeOptions,
  freezeFraction,
  magnitudeAtSparsity,
  PRUNED,
  pruneToSparsity,
} from './partition.js';
import { type SurgeryThresholds, updateMask } from './surgery.js';

/** What a step did to one kernel. */
export interface Change {
  /** Weights that became pruned. */
  pruned: number;
  /** Pruned weights that came back. */
  spliced: number;
  /** Whether any state changed. */
  states: boolean;
  /** Whether any value was written. */
  values: boolean;
}

/**
 * One step of a compression method on one kernel: WHAT happens, while callbacks decide
 * when and kernels know where.
 */
export interface Step {
  /**
   * Whether apply() may write to `values`; else they may be shared with whoever holds
   * them.
   */
  readonly changesValues: boolean;
  /**
   * Changes values and states in place.
   *
   * @param values The trained weights, those under the mask included.
   * @param states One of PRUNED, FREE, FROZEN for each weight.
   */
  apply(values: Float32Array, states: Uint8Array): Change;
}

/**
 * One step of INQ's Algorithm 1 (arXiv:1702.03044): partition, quantize what was
 * selected, freeze it.
 *
 * ```js
 * const weights = Float32Array.of(0.9, -0.4, 0.1, 0.02);
 * const states = new Uint8Array(4).fill(FREE);
 * quantizeFraction(0.5, codebookOf(weights, 3)).apply(weights, states);
 * console.log(weights[0], weights[1], states.join(' ')); // → 1 -0.5 2 2 1 1
 * ```
 *
 * @param fraction Accumulated fraction of the weights that are not pruned, in [0, 1].
 */
export function quantizeFraction(fraction: number, codebook: Codebook, options: FreezeOptions = {}): Step {
  return {
    changesValues: true,
    apply(values, states) {
      freezeFraction(values, states, fraction, options);
      roundToPowerOfTwo(values, codebook, { into: values, where: (i) => states[i] === FROZEN });
      return { pruned: 0, spliced: 0, states: true, values: true };
    },
  };
}

/**
 * One mask update of DNS (arXiv:1608.04493, Eq. 3).
 *
 * ```js
 * const states = new Uint8Array(2).fill(FREE);
 * updateMaskWith({ a: 0.1, b: 0.2 }).apply(Float32Array.of(0.5, 0.05), states);
 * console.log(states.join(' ')); // → 1 0
 * ```
 *
 * @param reenterAt Given, a weight comes back with at most this magnitude. Under the mask
 *   nothing holds a weight whose gradient is steady: between two updates it can grow far
 *   beyond the threshold, and at high learning rates a network does not survive its
 *   return. (The paper updates at every step, and needs no limit.)
 */
export function updateMaskWith(thresholds: SurgeryThresholds, reenterAt = Number.POSITIVE_INFINITY): Step {
  return {
    changesValues: reenterAt < Number.POSITIVE_INFINITY,
    apply(values, states) {
      const { pruned, spliced } = updateMask(values, states, thresholds);
      const written = limit(values, spliced, reenterAt);
      return { pruned, spliced: spliced.length, states: pruned + spliced.length > 0, values: written };
    },
  };
}

/**
 * The last mask update: exactly round(sparsity · n) weights are pruned, the smallest
 * ones. Weights that come back do so with at most the magnitude that separates the two.
 *
 * ```js
 * const states = new Uint8Array(2).fill(FREE);
 * fixMask(0.5).apply(Float32Array.of(0.5, 0.05), states);
 * console.log(states.join(' ')); // → 1 0
 * ```
 */
export function fixMask(sparsity: number): Step {
  return {
    changesValues: true,
    apply(values, states) {
      const next = states.slice();
      pruneToSparsity(values, next, sparsity);
      return setMask(next, magnitudeAtSparsity(values, next, sparsity)).apply(values, states);
    },
  };
}

/**
 * Gives a kernel the states `next`, and what comes back at most the magnitude
 * `reenterAt`.
 *
 * ```js
 * const states = new Uint8Array(2).fill(FREE);
 * setMask(Uint8Array.of(PRUNED, FREE)).apply(Float32Array.of(0.5, 0.05), states);
 * console.log(states.join(' ')); // → 0 1
 * ```
 */
export function setMask(next: Uint8Array, reenterAt = Number.POSITIVE_INFINITY): Step {
  return {
    changesValues: true,
    apply(values, states) {
      let pruned = 0;
      const spliced: number[] = [];
      for (let i = 0; i < states.length; i++) {
        if (states[i] === next[i]) continue;
        if (next[i] === PRUNED) pruned++;
        else if (states[i] === PRUNED) spliced.push(i);
      }
      states.set(next);
      const values_ = limit(values, spliced, reenterAt);
      return { pruned, spliced: spliced.length, states: true, values: values_ };
    },
  };
}

function limit(values: Float32Array, indices: number[], magnitude: number): boolean {
  const tooLarge = indices.filter((i) => Math.abs(values[i]) > magnitude);
  for (const i of tooLarge) values[i] = Math.sign(values[i]) * magnitude;
  return tooLarge.length > 0;
}

/**
 * What a new run begins with: nothing is frozen, and what an earlier run pruned is
 * pruned.
 *
 * ```js
 * const states = Uint8Array.of(FROZEN, FREE);
 * beginAnew(true).apply(Float32Array.of(0.5, 0), states);
 * console.log(states.join(' ')); // → 1 0
 * ```
 *
 * @param zerosArePruned Whether weights that are exactly 0 count as pruned.
 */
export function beginAnew(zerosArePruned: boolean): Step {
  return {
    changesValues: false,
    apply(values, states) {
      let [pruned, thawed] = [0, 0];
      for (let i = 0; i < states.length; i++) {
        const next = states[i] === PRUNED || (zerosArePruned && values[i] === 0) ? PRUNED : FREE;
        if (next === states[i]) continue;
        if (next === PRUNED) pruned++;
        else thawed++;
        states[i] = next;
      }
      return { pruned, spliced: 0, states: pruned + thawed > 0, values: false };
    },
  };
}
