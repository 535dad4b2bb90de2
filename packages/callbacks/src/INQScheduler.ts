import * as tf from '@tensorflow/tfjs-core';
import { checkCompressionArgs, holdersOf, pruneZeros, type Selected } from '@tfjs-compress/layers';
import {
  ArgumentError,
  type Codebook,
  check,
  checkInteger,
  checkKnownOptions,
  codebookOf,
  FROZEN,
  freezePortion,
  PRUNED,
  roundTensorToPowerOfTwo,
  roundToPowerOfTwo,
} from '@tfjs-compress/math';
import {
  CompressionCallback,
  type CompressionCallbackArgs,
  commonOptions,
  type Extent,
} from './CompressionCallback.js';
import { learningRateOf, setLearningRate } from './optimizerState.js';
import { hookValidation } from './validation.js';

export interface INQOverride {
  /** 2 to 8: one bit for zero, the others for 2^(bits-1) values ±2^k (17 levels with zero at 5 bits). */
  bits?: number;
  /** A range of levels for each output channel; false (default) is one for the kernel, as in the paper. */
  perChannel?: boolean;
}

export interface INQSchedulerArgs extends CompressionCallbackArgs<INQOverride>, INQOverride {
  /** Accumulated portions of each kernel's weights, increasing, the last one 1. The paper's for 5 bits: [.5, .75, .875, 1]. */
  steps: number[];
  /** Which weights a step takes: the largest (default, the paper's "pruning-inspired") or any, at random. */
  partition?: 'magnitude' | 'random';
  /** Epochs of re-training after each step but the last; by default the fit's epochs are divided evenly over them. */
  epochsPerStep?: number;
  /** Set the optimizer's learning rate back, at every step, to what it was when training began. Default false. */
  resetLearningRate?: boolean;
}

const ownOptions = ['steps', 'bits', 'perChannel', 'partition', 'epochsPerStep', 'resetLearningRate'] as const;

/** What a paused run needs, beside states and weights. */
interface INQProgress {
  stepsTaken: number;
  steps: number[];
  learningRate?: number;
  /** The levels, by path: fixed from the weights before the first step. */
  codebooks: Record<string, Codebook>;
}

/**
 * Incremental Network Quantization (Zhou et al., ICLR 2017, arXiv:1702.03044) as a callback of fit and fitDataset:
 * a portion of every kernel becomes 0 or ±2^k and is frozen, the rest goes on being trained and makes up for it, and so
 * on until, after the last batch of the last epoch and before its validation, every selected weight is 0 or ±2^k.
 *
 * ```js
 * await model.fit(x, y, {epochs: 8, callbacks: [new INQScheduler({steps: [.5, .75, .875, 1]})]});
 * ```
 *
 * Selected are the kernels of all trainable dense, convolution, recurrent and embedding layers, or only those of
 * PowerOfTwo… and Masked… layers if the model has any; biases and batch normalization stay float32. On a pruned model
 * zeros stay zero and portions count the others. The epoch logs get `inq_step` (1 is the first) and `quantized` (0 to 1).
 *
 * In a loop of your own: setParams({epochs}), setModel(model), then await onTrainBegin(), onEpochBegin(epoch),
 * onBatchBegin(batch), onBatchEnd(batch), onEpochEnd(epoch, logs) and onTrainEnd() where fit would call them.
 *
 * @throws ArgumentError from the constructor for unusable options; Error from fit, before the first batch, for a model
 *   that cannot be compressed, selectors that match nothing, weights that are not finite, more steps than epochs.
 */
export class INQScheduler extends CompressionCallback<INQOverride> {
  readonly label = 'INQScheduler';
  protected readonly overrideOptions = ['bits', 'perChannel'] as const;
  private readonly steps: number[];
  private readonly args: INQSchedulerArgs;
  private stepsTaken = 0;
  private codebooks = new Map<string, Codebook>();
  private learningRate: number | undefined;
  private epochOfStep = 0;
  private unhook: (() => void) | undefined;

  constructor(args: INQSchedulerArgs) {
    check(args !== null && typeof args === 'object', 'INQScheduler', 'an object of options', args);
    checkKnownOptions(args, [...ownOptions, ...commonOptions], 'INQScheduler');
    super(args);
    checkSteps(args.steps);
    const { partition = 'magnitude', epochsPerStep, resetLearningRate = false, bits = 5, perChannel = false } = args;
    check(['magnitude', 'random'].includes(partition), 'partition', "'magnitude' or 'random'", partition);
    if (epochsPerStep !== undefined) checkInteger(epochsPerStep, 'epochsPerStep', 1);
    check(typeof resetLearningRate === 'boolean', 'resetLearningRate', 'a boolean', resetLearningRate);
    checkCompressionArgs({ bits, perChannel }, 'INQScheduler');
    this.args = { ...args, partition, resetLearningRate, bits, perChannel };
    this.steps = [...args.steps];
  }

  /** Epochs since the last step: for a learning-rate schedule that starts anew with each step. */
  get epochInStep(): number {
    return this.epochsDone - this.epochOfStep;
  }

  protected override checkSelected(selected: Selected<INQOverride>[], extent: Extent, resumed?: object): void {
    const before = (resumed as INQProgress | undefined)?.steps;
    if (before && before.join() !== this.steps.join()) {
      throw new ArgumentError(
        'steps',
        `[${before.join(', ')}], with which this model began to be quantized`,
        this.steps,
      );
    }
    for (const { site, options } of selected) checkCompressionArgs(options, `overrides of ${site.path}`);
    const stages = this.steps.length - 1;
    const needed = stages * (this.args.epochsPerStep ?? 1);
    if (needed > extent.epochs && (this.args.epochsPerStep === undefined || this.args.whenStopped !== 'keep')) {
      throw new Error(
        `INQScheduler: ${this.steps.length} steps with ${stages} stages of re-training between them need at least ` +
          `${needed} epochs (epochsPerStep ${this.args.epochsPerStep ?? 'at least 1'}), fit runs ${extent.epochs}. ` +
          'Raise epochs or take fewer steps.',
      );
    }
  }

  protected override async start(resumed: object | undefined): Promise<void> {
    const before = resumed as INQProgress | undefined;
    this.stepsTaken = before?.stepsTaken ?? 0;
    this.learningRate = before?.learningRate ?? learningRateOf(this.trained!.optimizer);
    this.codebooks = new Map(Object.entries(before?.codebooks ?? {}));
    for (const { path, kernel, options } of this.targets) {
      const values = await kernel.values();
      // What is 0 was pruned: it stays 0 and does not count (INQ, §3.3: portions of the non-zero weights).
      if (!before) await pruneZeros(kernel);
      const own = (kernel.owner as { compression?: INQOverride }).compression;
      const { bits, perChannel } = { ...this.args, ...own, ...options };
      const effective = values.map((v, i) => (kernel.states[i] === PRUNED ? 0 : v));
      const codebook = codebookOf(effective, bits!, perChannel ? kernel.site.channels : undefined);
      if (!this.codebooks.has(path)) this.codebooks.set(path, codebook);
      // With nobody splicing, pruned weights need no training under a mask.
      if (holdersOf(kernel) === 1) kernel.splicing = false;
    }
    this.unhook = hookValidation(this.trained!, () => {
      if (this.isLastEpoch && this.isLastBatch && !this.isFinished) this.finish();
    });
  }

  protected override progress(): INQProgress {
    const codebooks = Object.fromEntries(this.codebooks);
    return { stepsTaken: this.stepsTaken, steps: this.steps, learningRate: this.learningRate, codebooks };
  }

  protected override async onEpoch(): Promise<void> {
    const stages = this.steps.length - 1;
    const { epochs } = this.extent;
    const beginOf = (stage: number) =>
      this.args.epochsPerStep ? stage * this.args.epochsPerStep : Math.floor((stage * epochs) / stages);
    while (this.stepsTaken < stages && beginOf(this.stepsTaken) <= this.epochsDone) await this.takeStep();
  }

  protected override async onStep(): Promise<void> {}

  /** One step of Algorithm 1: partition, quantize what was selected, freeze it. */
  private async takeStep(): Promise<void> {
    const portion = this.steps[this.stepsTaken];
    for (const [i, { path, kernel }] of this.targets.entries()) {
      const values = (await kernel.values()).slice();
      const states = kernel.states.slice();
      freezePortion(values, states, portion, { method: this.args.partition, seed: this.seed + i });
      const rounded = roundToPowerOfTwo(values, this.codebooks.get(path)!);
      for (let j = 0; j < states.length; j++) if (states[j] === FROZEN) values[j] = rounded[j];
      kernel.setValues(values);
      kernel.setStates(states);
    }
    this.stepTaken();
  }

  private stepTaken(): void {
    this.stepsTaken++;
    this.epochOfStep = this.epochsDone;
    if (this.args.resetLearningRate && this.learningRate !== undefined && this.trained) {
      setLearningRate(this.trained.optimizer, this.learningRate);
    }
    if (this.verbose > 1) this.say(`step ${this.stepsTaken}/${this.steps.length}: ${this.describe()}`);
  }

  protected override get isFinished(): boolean {
    return this.stepsTaken === this.steps.length;
  }

  /** The last portion, 1: everything that is left becomes a level. Without a read-back, for it happens inside a step of fit. */
  protected override finish(): void {
    for (const { path, kernel } of this.targets) {
      const rounded = tf.tidy(() => roundTensorToPowerOfTwo(kernel.effective(), this.codebooks.get(path)!));
      kernel.write(rounded);
      rounded.dispose();
      kernel.setStates(new Uint8Array(kernel.size).fill(FROZEN));
    }
    this.stepsTaken = this.steps.length - 1;
    this.stepTaken();
  }

  protected override figures(): Record<string, number> {
    return { inq_step: this.stepsTaken, quantized: this.quantized };
  }

  protected override describe(): string {
    return `${(100 * this.quantized).toFixed(1)}% quantized`;
  }

  protected override onRelease(): void {
    this.unhook?.();
    this.unhook = undefined;
  }

  private get quantized(): number {
    return this.stepsTaken === 0 ? 0 : this.steps[this.stepsTaken - 1];
  }
}

function checkSteps(steps: unknown): asserts steps is number[] {
  const expected = 'increasing portions in (0, 1] that end at 1, such as [.5, .75, .875, 1]';
  check(Array.isArray(steps) && steps.length > 0, 'steps', expected, steps);
  check(
    steps.every((s, i) => typeof s === 'number' && s > 0 && s <= 1 && (i === 0 || s > steps[i - 1])),
    'steps',
    expected,
    steps,
  );
  const last = steps[steps.length - 1];
  const left = `${+((1 - last) * 100).toFixed(6)}% of the weights would stay float32 otherwise`;
  check(last === 1, 'steps', `${expected} (${left})`, steps);
}
