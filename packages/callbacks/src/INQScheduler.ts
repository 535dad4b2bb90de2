import { CompressibleKernel } from '@tfjs-compress/layers';
import { checkCompressionArgs, layerOf, type Selected, type Site } from '@tfjs-compress/layers/internal';
import { type Codebook, codebookOf, countOnLevels, quantizeFraction } from '@tfjs-compress/math';
import { countZeros } from '@tfjs-compress/math/internal';
import { adviceOnRange } from './adviceOnRange.js';
import { CompressionCallback } from './CompressionCallback.js';
import type { Target } from './CompressionMethod.js';
import { dropConstraint } from './constraints.js';
import { type INQOptions, type INQOverride, type INQSchedulerArgs, resolveINQArgs } from './inqArgs.js';
import { beginOf, type INQPlan, type INQProgress, neededEpochs, tooFewEpochs } from './inqPlan.js';
import { learningRateOf, setLearningRate } from './optimizerState.js';
import { hookValidation } from './validation.js';
import { zeroCheapest } from './zeroCheapest.js';

/**
 * Incremental Network Quantization (Zhou et al., ICLR 2017, arXiv:1702.03044) as a
 * callback of fit and fitDataset: a fraction of every kernel becomes 0 or ±2^k and is
 * frozen, the rest goes on being trained and makes up for it, and so on until, after the
 * last batch of the last epoch and before its validation, every selected weight is 0 or
 * ±2^k.
 *
 * ```js
 * await model.fit(x, y, { epochs: 8, callbacks: [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] })] });
 * ```
 *
 * Selected are the kernels of all trainable dense, convolution, recurrent and embedding
 * layers; in a model with PowerOfTwo… or Masked… layers, of dense and convolution layers
 * only those. Biases and batch normalization stay float32. What SurgeryCallback pruned
 * stays 0, and fractions count the others; beside a SurgeryCallback in the same fit the
 * steps begin when its masks are fixed. The epoch logs get `inq_step` (1 is the first)
 * and `quantized`, the share of the selected weights that are 0 or a level, counted from
 * the weights.
 *
 * For a loop of your own see begin().
 *
 * @throws ArgumentError from the constructor for unusable options; Error from fit, before
 *   the first batch, for a model that cannot be compressed, selectors that match nothing,
 *   weights that are not finite, more steps than epochs.
 */
export class INQScheduler extends CompressionCallback<INQOverride> {
  readonly label = 'INQScheduler';
  readonly priority = 1;
  protected readonly lastingFigures = ['inq_step', 'quantized'];
  protected readonly overrideOptions = ['bits', 'perChannel'] as const;
  private readonly options: INQOptions;
  private plan: INQPlan | undefined;
  private stepsTaken = 0;
  private epochOfStep = 0;
  private codebooks = new Map<string, Codebook>();
  private bitsBefore: number | undefined;
  private learningRate: number | undefined;
  private unhook: (() => void) | undefined;

  constructor(args: INQSchedulerArgs = {}) {
    const options = resolveINQArgs(args);
    super(options);
    this.options = options;
  }

  /**
   * Epochs since the last step: for a learning-rate schedule that starts anew with each
   * step.
   */
  get epochInStep(): number {
    return this.clock.epochsDone - this.epochOfStep;
  }

  override get fewestEpochs(): number {
    return neededEpochs(this.newPlan(0, 0));
  }

  protected override checkSelected(selected: Selected<INQOverride>[]): void {
    for (const { site, options } of selected) checkCompressionArgs(options, `overrides of ${site.path}`);
  }

  protected override settings(selected: Selected<INQOverride>[]): Record<string, unknown> {
    const { steps, range, partition, epochsPerStep = null, saveBits, seed } = this.options;
    const kernels = Object.fromEntries(selected.map(({ site, options }) => [site.path, this.levelsOf(site, options)]));
    return { steps, range, partition, epochsPerStep, saveBits, seed, bits: kernels };
  }

  private levelsOf(site: Site, override: Partial<INQOverride>): Required<INQOverride> {
    const owner = layerOf(site) as { compression?: INQOverride };
    const pick = <K extends keyof INQOverride>(key: K) =>
      override[key] ?? owner.compression?.[key] ?? this.options[key];
    return { bits: pick('bits'), perChannel: pick('perChannel') };
  }

  protected override async start(resumed: object | undefined): Promise<void> {
    const before = resumed as INQProgress | undefined;
    this.stepsTaken = before?.stepsTaken ?? 0;
    this.epochOfStep = before?.epochOfStep ?? 0;
    this.plan = before?.plan;
    this.bitsBefore = before?.bitsBefore;
    const optimizer = this.ownOptimizer ?? this.trained!.optimizer;
    this.learningRate = before?.learningRate ?? (optimizer && learningRateOf(optimizer));
    this.codebooks = new Map(Object.entries(before?.codebooks ?? {}));
    for (const { kernel, path } of this.targets) {
      const dropped = dropConstraint(kernel.site);
      if (dropped)
        this.say(
          `${path}: ${dropped} is taken off, for it would change the levels whenever weights are loaded or set.`,
        );
    }
    this.unhook = hookValidation(this.trained!, () => {
      if (this.clock.isLastBatch && this.isLastStepDue && this.canQuantizeNow) this.takeLastStepNow();
    });
  }

  /** The epoch from which steps may be taken: when surgery's masks are fixed. */
  private firstEpoch(): number {
    const { stepsPerEpoch } = this.clock;
    const step = Math.max(0, ...this.siblings.map((sibling) => sibling.structureFixedAt));
    if (step === 0) return 0;
    if (stepsPerEpoch === undefined)
      this.fail('beside a SurgeryCallback, fitDataset needs batchesPerEpoch for this dataset.');
    return Math.ceil(step / stepsPerEpoch);
  }

  private newPlan(from: number, to: number): INQPlan {
    const { steps, epochsPerStep } = this.options;
    const plan = { stages: steps.length - 1, taken: 0, from, to, ...(epochsPerStep && { epochsPerStep }) };
    // With epochsPerStep the plan says by itself when it ends.
    return epochsPerStep ? { ...plan, to: from + neededEpochs(plan) } : plan;
  }

  override checkPlan(): void {
    const { epochs, epochsDone } = this.clock;
    const pruning = this.siblings.find((sibling) => sibling.priority < this.priority && !sibling.isFinished);
    if (pruning && this.stepsTaken > 0 && !this.isFinished) {
      this.fail(
        `the run that this model carries has taken ${this.stepsTaken} of ${this.options.steps.length} steps, and ` +
          `${pruning.label} would prune what they froze. Go on without it, or call resetCompression(model) to begin anew.`,
      );
    }
    if (this.plan && !this.options.epochsPerStep && this.plan.to !== epochs) {
      // Not the fits that the run was begun for: the steps that are left share the epochs
      // that are left.
      const from = Math.max(epochsDone, this.stepsTaken > 0 ? 0 : this.firstEpoch());
      this.plan = { ...this.newPlan(from, epochs), taken: this.stepsTaken };
    }
    this.plan ??= this.newPlan(this.firstEpoch(), epochs);
    const { from, to } = this.plan;
    const needed = this.options.epochsPerStep ? to - from : neededEpochs(this.plan);
    const isKept = this.options.epochsPerStep !== undefined && this.common.whenStopped === 'keep';
    if (this.isFinished || from + needed <= epochs || isKept) return;
    const has = epochs - Math.max(from, epochsDone);
    const after = from > epochsDone ? from : 0;
    this.fail(tooFewEpochs(this.options, { taken: this.stepsTaken, needed, has, after }));
  }

  protected override progress(): INQProgress {
    const { stepsTaken, epochOfStep, learningRate, plan, bitsBefore } = this;
    return { stepsTaken, epochOfStep, learningRate, plan, bitsBefore, codebooks: Object.fromEntries(this.codebooks) };
  }

  protected override async onEpoch(): Promise<void> {
    const { stages } = this.plan!;
    if (this.clock.epochsDone < this.plan!.from || this.isFinished) return;
    for (const sibling of this.siblings)
      if (sibling.priority < this.priority && !sibling.isFinished) await sibling.finish();
    const isFirst = this.codebooks.size === 0 && this.options.range === 'largest' && this.verbose > 0;
    // Also where no step is due: the only step of steps: [1] comes when there is no time
    // to read weights.
    for (const target of this.targets) await this.codebook(target);
    const advice = isFirst && (await adviceOnRange(this.leveled));
    if (advice) this.say(advice);
    while (this.stepsTaken < stages && beginOf(this.plan!, this.stepsTaken) <= this.clock.epochsDone)
      await this.takeStep();
  }

  protected override async onStep(): Promise<void> {}

  protected override async onEpochTrained(): Promise<void> {
    if (this.isLastStepDue) await this.finish();
  }

  private get isLastStepDue(): boolean {
    return !this.isFinished && this.stepsTaken >= this.plan!.stages && this.clock.epochsDone + 1 >= this.plan!.to;
  }

  /** One step of Algorithm 1: partition, quantize what was selected, freeze it. */
  private async takeStep(): Promise<void> {
    const fraction = this.options.steps[this.stepsTaken];
    if (this.options.saveBits > 0 && fraction < 1) await this.saveBits(fraction);
    for (const [i, target] of this.targets.entries()) {
      const options = { method: this.options.partition, seed: this.options.seed + i };
      const codebook = await this.codebook(target);
      // All 0, as some initializers leave them: nothing to make levels from yet.
      if (fraction < 1 && isEmpty(codebook)) continue;
      await target.kernel.update(quantizeFraction(fraction, codebook, options));
    }
    this.stepTaken();
  }

  private async saveBits(fraction: number): Promise<void> {
    const { saveBits, steps } = this.options;
    const kept = 1 - (saveBits * fraction) / steps[steps.length - 2];
    this.bitsBefore = await zeroCheapest(this.leveled, kept, this.bitsBefore);
  }

  private get leveled() {
    return this.targets.map(({ kernel, path }) => ({ kernel, codebook: this.codebooks.get(path)! }));
  }

  /**
   * Fixed from the weights before the first step; a range that had no weight but 0, from
   * the first ones it has.
   */
  private async codebook(target: Target<INQOverride>): Promise<Codebook> {
    const known = this.codebooks.get(target.path);
    if (known && !known.ranges.includes(null)) return known;
    return this.codebookFrom(await target.kernel.effectiveValues(), target);
  }

  private codebookFrom(values: Float32Array, { path, kernel, options }: Target<INQOverride>): Codebook {
    const known = this.codebooks.get(path);
    if (known && !known.ranges.includes(null)) return known;
    const { bits, perChannel } = this.levelsOf(kernel.site, options);
    const made = codebookOf(values, bits, perChannel ? kernel.site.channels : undefined, this.options.range);
    const codebook = { ...made, ranges: made.ranges.map((range, i) => known?.ranges[i] ?? range) };
    this.codebooks.set(path, codebook);
    return codebook;
  }

  private stepTaken(): void {
    this.stepsTaken++;
    this.epochOfStep = this.clock.epochsDone;
    const optimizer = this.ownOptimizer ?? this.trained?.optimizer;
    if (this.options.resetLearningRate && this.learningRate !== undefined && optimizer && !this.isFinished) {
      setLearningRate(optimizer, this.learningRate);
    }
    if (this.verbose > 1)
      this.say(`step ${this.stepsTaken}/${this.options.steps.length}: ${this.options.steps[this.stepsTaken - 1]}`);
  }

  override get isFinished(): boolean {
    return this.stepsTaken === this.options.steps.length;
  }

  /** The last fraction, 1: everything that is left becomes a level. */
  override async finish(): Promise<void> {
    this.stepsTaken = Math.max(this.stepsTaken, this.options.steps.length - 1);
    await this.takeStep();
  }

  /** Where weights cannot be read at once, their levels must be known. */
  private get canQuantizeNow(): boolean {
    const areKnown = () => [...this.codebooks.values()].every((codebook) => !isEmpty(codebook));
    return CompressibleKernel.canReadNow || areKnown();
  }

  /**
   * The same where nobody waits; the levels are known since the beginning of the epoch,
   * but of what was 0 then.
   */
  private takeLastStepNow(): void {
    for (const target of this.targets) {
      const codebook = this.codebooks.get(target.path)!;
      target.kernel.quantizeNow(codebook, (values) => this.codebookFrom(values, target));
    }
    this.stepTaken();
  }

  protected override async repair(): Promise<number> {
    let wrong = 0;
    for (const target of this.targets) {
      const codebook = await this.codebook(target);
      const before = target.kernel.size - countOnLevels(await target.kernel.effectiveValues(), codebook);
      if (before > 0) await target.kernel.update(quantizeFraction(1, codebook));
      wrong += before;
    }
    return wrong;
  }

  protected override figures(weights: Float32Array[]): Record<string, number> {
    let [onLevels, all] = [0, 0];
    for (const [i, { path }] of this.targets.entries()) {
      const codebook = this.codebooks.get(path);
      onLevels += codebook ? countOnLevels(weights[i], codebook) : countZeros(weights[i]);
      all += weights[i].length;
    }
    return { inq_step: this.stepsTaken, quantized: onLevels / all };
  }

  protected override describe({ quantized = 0 }: Record<string, number>): string {
    // Zeros count as levels, so that a pruned model is nearly all quantized before the
    // first step.
    return `step ${this.stepsTaken}/${this.options.steps.length}, ${(100 * quantized).toFixed(1)}% quantized`;
  }

  protected override onRelease(): void {
    this.unhook?.();
    this.unhook = undefined;
  }
}

function isEmpty({ ranges }: Codebook): boolean {
  return ranges.every((range) => range === null);
}
