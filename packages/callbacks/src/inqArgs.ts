import { checkCompressionArgs } from '@tfjs-compress/layers/internal';
import type { RangeChoice } from '@tfjs-compress/math';
import { check, checkInteger, checkOneOf, resolveOptions } from '@tfjs-compress/math/internal';
import {
  type CommonOptions,
  type CompressionCallbackArgs,
  checkCommonOptions,
  commonDefaults,
} from './callbackArgs.js';

export interface INQOverride {
  /**
   * 2 to 8: one bit for zero, the others for 2^(bits-1) values ±2^k (17 levels with zero
   * at 5 bits). Default 5.
   */
  bits?: number;
  /**
   * A range of levels for each output channel; false (default) is one for the kernel, as
   * in the paper.
   */
  perChannel?: boolean;
}

export interface INQSchedulerArgs extends CompressionCallbackArgs<INQOverride>, INQOverride {
  /**
   * Accumulated fractions of each kernel's weights, increasing, the last one 1. Default:
   * the paper's for that many bits, fewer bits taking more steps (`inqSteps.resNet18`,
   * `resNet18Bits4`, `resNet18Bits3`, `resNet18Bits2`).
   */
  steps?: readonly number[];
  /**
   * Which powers of two each kernel gets. 'largest' (default): from its largest weight
   * down, as in the paper. 'leastError': as many, begun so far below it (two octaves at
   * most) that rounding the weights as they are before the first step has the least
   * squared error. The largest weights are cut off then. With 2 or 3 bits, the paper's
   * range rounds most weights of many kernels to 0.
   */
  range?: RangeChoice;
  /**
   * Which weights a step takes: the largest (default, the paper's "pruning-inspired") or
   * any, at random.
   */
  partition?: 'magnitude' | 'random';
  /**
   * Epochs of re-training after each step but the last. The last step is taken at the end
   * of these, and what is left of the fit trains biases and batch normalization alone. By
   * default the fit's epochs are divided evenly over them.
   */
  epochsPerStep?: number;
  /**
   * Rate-aware rounding (DeepCABAC, arXiv:1907.11900): this fraction of the bits that
   * the selected kernels would take in a .tfz file is saved, more with each step before
   * the last, by weights that become 0 for good: those with the least w² for each bit
   * that their place and level cost. What is left is trained to make up for it. In
   * [0, 1), default 0; needs two steps or more.
   */
  saveBits?: number;
  /**
   * Set the optimizer's learning rate back, at every step, to what it was when training
   * began. Default false.
   */
  resetLearningRate?: boolean;
}

/** The options as they are used. */
export interface INQOptions extends CommonOptions {
  bits: number;
  perChannel: boolean;
  steps: readonly number[];
  range: RangeChoice;
  partition: 'magnitude' | 'random';
  epochsPerStep: number | undefined;
  saveBits: number;
  resetLearningRate: boolean;
}

/**
 * The accumulated fractions of the paper's experiments (Zhou et al., ICLR 2017,
 * arXiv:1702.03044, section 3 and Table 4), 5 bits unless the name says otherwise.
 *
 * ```js
 * new INQScheduler({ bits: 3, steps: inqSteps.resNet18Bits3 });
 * ```
 */
export const inqSteps = {
  alexNet: [0.3, 0.6, 0.8, 1],
  vgg16: [0.5, 0.75, 0.875, 1],
  googleNet: [0.2, 0.4, 0.6, 0.8, 1],
  resNet18: [0.5, 0.75, 0.875, 1],
  resNet50: [0.5, 0.75, 0.875, 1],
  resNet18Bits4: [0.3, 0.5, 0.8, 0.9, 0.95, 1],
  resNet18Bits3: [0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
  resNet18Bits2: [0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 1],
} as const satisfies Record<string, readonly number[]>;

const stepsByBits: Record<number, readonly number[]> = {
  2: inqSteps.resNet18Bits2,
  3: inqSteps.resNet18Bits3,
  4: inqSteps.resNet18Bits4,
};

/** @throws ArgumentError, or Error for an unknown option. */
export function resolveINQArgs(args: INQSchedulerArgs): INQOptions {
  const options = resolveOptions<Record<keyof INQOptions, any>>('INQScheduler', args, {
    ...commonDefaults,
    bits: 5,
    perChannel: false,
    steps: undefined,
    range: 'largest',
    partition: 'magnitude',
    epochsPerStep: undefined,
    saveBits: 0,
    resetLearningRate: false,
  }) as INQOptions;
  checkCommonOptions(options);
  checkCompressionArgs({ bits: options.bits, perChannel: options.perChannel }, 'INQScheduler');
  const steps = options.steps ?? stepsByBits[options.bits] ?? inqSteps.resNet18;
  checkSteps(steps);
  checkOneOf(options.range, ['largest', 'leastError'], 'range');
  checkOneOf(options.partition, ['magnitude', 'random'], 'partition');
  if (options.epochsPerStep !== undefined) checkInteger(options.epochsPerStep, 'epochsPerStep', 1);
  checkSaveBits(options.saveBits, steps.length);
  check(typeof options.resetLearningRate === 'boolean', 'resetLearningRate', 'a boolean', options.resetLearningRate);
  return { ...options, steps: [...steps] };
}

function checkSaveBits(saveBits: unknown, steps: number): void {
  check(typeof saveBits === 'number' && saveBits >= 0 && saveBits < 1, 'saveBits', 'a number in [0, 1)', saveBits);
  check(saveBits === 0 || steps > 1, 'saveBits', '0 where there is one step only', saveBits);
}

function checkSteps(steps: unknown): asserts steps is number[] {
  const expected = 'increasing fractions in (0, 1] that end at 1, such as [.5, .75, .875, 1]';
  check(Array.isArray(steps) && steps.length > 0, 'steps', expected, steps);
  const isIncreasing = steps.every((s, i) => typeof s === 'number' && s > 0 && s <= 1 && (i === 0 || s > steps[i - 1]));
  check(isIncreasing, 'steps', expected, steps);
  const last = steps[steps.length - 1];
  const left = `${+((1 - last) * 100).toFixed(6)}% of the weights would stay float32 otherwise`;
  check(last === 1, 'steps', `${expected} (${left})`, steps);
}
