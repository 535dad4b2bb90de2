import { check } from './checks.js';

/** A value for each optimizer step, counted from 0. */
export type Schedule = (step: number) => number;

/**
 * One value at every step.
 *
 * ```js
 * console.log(constant(0.5)(100)); // → 0.5
 * ```
 */
export function constant(value: number): Schedule {
  return () => value;
}

export interface PolynomialDecayOptions {
  initialValue: number;
  finalValue: number;
  beginStep: number;
  endStep: number;
  /** Default 3, the cubic sparsity schedule of Zhu and Gupta. */
  power?: number;
}

/**
 * From one value to another (Zhu and Gupta, arXiv:1710.01878, Eq. 1):
 * final + (initial - final)·(1 - progress)^power, constant outside the steps.
 *
 * ```js
 * const sparsity = polynomialDecay({ initialValue: 0, finalValue: 1, beginStep: 0, endStep: 100 });
 * console.log(sparsity(0), sparsity(50), sparsity(200)); // → 0 0.875 1
 * ```
 *
 * @throws ArgumentError unless endStep > beginStep.
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const { initialValue, finalValue, beginStep, endStep, power = 3 } = options;
  check(endStep > beginStep, 'endStep', `more than beginStep (${beginStep})`, endStep);
  return (step) => {
    const progress = Math.min(Math.max((step - beginStep) / (endStep - beginStep), 0), 1);
    return finalValue + (initialValue - finalValue) * (1 - progress) ** power;
  };
}

export interface PiecewiseOptions {
  /** Steps at which the next value begins, increasing. */
  boundaries: number[];
  /** One more than boundaries. */
  values: number[];
}

/**
 * Constant between the boundaries; a boundary itself belongs to the value that begins
 * there.
 *
 * ```js
 * const learningRate = piecewise({ boundaries: [10, 20], values: [1, 0.5, 0.25] });
 * console.log(learningRate(9), learningRate(10), learningRate(99)); // → 1 0.5 0.25
 * ```
 *
 * @throws ArgumentError when the lengths do not match or the boundaries do not increase.
 */
export function piecewise({ boundaries, values }: PiecewiseOptions): Schedule {
  const increasing = boundaries.every((b, i) => i === 0 || b > boundaries[i - 1]);
  check(increasing, 'boundaries', 'increasing steps', boundaries);
  check(values.length === boundaries.length + 1, 'values', `${boundaries.length + 1} values`, values);
  return (step) => values[boundaries.filter((b) => step >= b).length];
}

export interface InverseDecayOptions {
  initialValue: number;
  gamma: number;
  power: number;
}

/**
 * Caffe's learning-rate policy 'inv': initialValue·(1 + gamma·step)^-power.
 *
 * ```js
 * console.log(inverseDecay({ initialValue: 1, gamma: 1, power: 2 })(1)); // → 0.25
 * ```
 */
export function inverseDecay({ initialValue, gamma, power }: InverseDecayOptions): Schedule {
  return (step) => initialValue * (1 + gamma * step) ** -power;
}
