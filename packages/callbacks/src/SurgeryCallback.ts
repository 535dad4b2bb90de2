import { checkCompressionArgs, type Selected, type Site } from '@tfjs-compress/layers/internal';
import {
  ArgumentError,
  type Change,
  countState,
  fixMask,
  PRUNED,
  type SurgeryThresholds,
  thresholdsForSparsity,
  updateMaskWith,
} from '@tfjs-compress/math';
import { countZeros } from '@tfjs-compress/math/internal';
import { CompressionCallback } from './CompressionCallback.js';
import type { Target } from './CompressionMethod.js';
import { fixMasksTogether, scaleOf, sparsityTogether, updateMasksTogether } from './modelScope.js';
import {
  checkHysteresis,
  overrideOptions,
  resolveSurgeryArgs,
  type SurgeryCallbackArgs,
  type SurgeryOptions,
  type SurgeryOverride,
} from './surgeryArgs.js';
import { type Plan, rateThresholds, type Scheduled, sparsityAt, targetThresholds, type Window } from './surgeryPlan.js';
import { aimOf, biasValues, settingsOf, windowsOf, withBiases } from './surgerySelection.js';
import { checkBegin, checkWindow, defaultWindow, isDue, isOver } from './surgeryWindow.js';

type SurgeryTarget = Target<SurgeryOverride>;

/** What a paused run needs, by path, beside states and weights. */
interface SurgeryProgress {
  plans: Record<string, Plan>;
  scales: Record<string, number>;
}

/**
 * Dynamic Network Surgery (Guo et al., NIPS 2016, arXiv:1608.04493) as a callback of fit
 * and fitDataset: unimportant weights are pruned while the network trains, and spliced
 * back when they turn out to matter.
 *
 * ```js
 * await model.fit(x, y, { epochs: 10, callbacks: [new SurgeryCallback({ targetSparsity: 0.9 })] });
 * ```
 *
 * With `targetSparsity` the thresholds follow a cubic schedule from 0 to the target (Zhu
 * and Gupta, arXiv:1710.01878, Eq. 1), which is met to one weight; with `rate` they are
 * the paper's, fixed when pruning starts. Selected are the kernels of all trainable
 * dense, convolution, recurrent and embedding layers; in a model with Masked… or
 * PowerOfTwo… layers, of dense and convolution layers only those. The epoch logs get
 * `sparsity` (the share of the selected weights that are 0, counted from the weights),
 * `pruned` and `spliced` (weights that changed in the epoch).
 *
 * Afterwards the model is a stock model with zeros in it: a later fit without a callback
 * trains them again. Keep this callback, or INQScheduler, in later fits.
 *
 * For a loop of your own see begin().
 *
 * @throws ArgumentError from the constructor for unusable options; Error from fit, before
 *   the first batch, for a model that cannot be compressed, selectors that match nothing,
 *   weights that are not finite, a window beyond the fit.
 */
export class SurgeryCallback extends CompressionCallback<SurgeryOverride> {
  readonly label = 'SurgeryCallback';
  readonly priority = 0;
  protected readonly lastingFigures = ['sparsity'];
  protected readonly overrideOptions = overrideOptions;
  private readonly options: SurgeryOptions;
  private plans = new Map<SurgeryTarget, Plan>();
  /** A bias follows the mask rule of its layer's first kernel. */
  private biases = new Map<SurgeryTarget, SurgeryTarget>();
  /** Of the kernels that a phase selects, by path. */
  private windows = new Map<string, Window>();
  private scales: Record<string, number> = {};
  private changed = { pruned: 0, spliced: 0 };

  constructor(args: SurgeryCallbackArgs) {
    const options = resolveSurgeryArgs(args);
    super(options);
    this.options = options;
  }

  protected override selectSites(all: Site[]): Selected<SurgeryOverride>[] {
    const { phases, pruneBias } = this.options;
    const kernels = super.selectSites(all);
    this.windows = windowsOf(all, phases ?? []);
    const chosen = phases ? kernels.filter(({ site }) => this.windows.has(site.path)) : kernels;
    return pruneBias ? withBiases(chosen, all) : chosen;
  }

  protected override checkSelected(selected: Selected<SurgeryOverride>[]): void {
    for (const { site, options } of selected) {
      const { targetSparsity, rate, hysteresis } = options;
      checkCompressionArgs({ targetSparsity, rate }, `overrides of ${site.path}`);
      if (hysteresis !== undefined) checkHysteresis(hysteresis, `overrides of ${site.path}: hysteresis`);
      if (!aimOf(site, options, this.options)) {
        throw new ArgumentError('SurgeryCallback', `targetSparsity or rate for ${site.path}`, { targetSparsity, rate });
      }
    }
    if (this.options.endStep === undefined && !this.options.phases && this.clock.totalSteps === undefined) {
      this.fail(
        'endStep is needed, for fitDataset cannot tell how many batches this dataset has. ' +
          'Give endStep (in optimizer steps), or batchesPerEpoch to fitDataset.',
      );
    }
  }

  protected override settings(selected: Selected<SurgeryOverride>[]): Record<string, unknown> {
    return settingsOf(selected, this.options, this.windows);
  }

  protected override async start(resumed: object | undefined): Promise<void> {
    const before = resumed as SurgeryProgress | undefined;
    this.plans.clear();
    this.biases.clear();
    this.scales = { ...before?.scales };
    for (const target of this.targets) {
      const kernel = this.targets.find(({ kernel: k }) => k.owner === target.kernel.owner && k.site.role === 'kernel')!;
      if (target.kernel.site.role === 'bias') this.biases.set(kernel, target);
      else this.plans.set(target, before?.plans[target.path] ?? (await this.planFor(target)));
      if (this.options.scope === 'model') this.scales[target.path] ??= await scaleOf(target.kernel);
      target.kernel.splicing = !(this.plans.get(target) ?? this.plans.get(kernel))?.isDone;
    }
    if (this.options.scope !== 'model' || before) return;
    const pruned = sparsityTogether(this.targets);
    for (const plan of this.plans.values()) plan.initialSparsity = Math.min(pruned, plan.targetSparsity!);
  }

  private async planFor(target: SurgeryTarget): Promise<Plan> {
    const { kernel, options, path } = target;
    const { targetSparsity, rate } = aimOf(kernel.site, options, this.options)!;
    const hysteresis = options.hysteresis ?? this.options.hysteresis;
    const pruned = countState(kernel.states, PRUNED);
    const initialSparsity = Math.min(pruned / kernel.size, targetSparsity ?? 0);
    if (this.options.scope === 'kernel' && Math.round((targetSparsity ?? 1) * kernel.size) < pruned) {
      const are = `${((100 * pruned) / kernel.size).toFixed(1)}% of its weights are pruned already`;
      this.say(`${path}: ${are}; targetSparsity ${targetSparsity} lets some of them come back.`);
    }
    const plan = { ...this.windows.get(path), targetSparsity, initialSparsity, rate, hysteresis, isDone: false };
    // For the error, before the first batch.
    if (rate !== undefined) await this.paperThresholds(target, plan);
    return plan;
  }

  private async paperThresholds({ kernel, path }: SurgeryTarget, plan: Plan): Promise<SurgeryThresholds> {
    const others = this.options.thresholdsFrom === 'kernelAndBias' ? await biasValues(kernel, this.targets) : [];
    return rateThresholds(kernel, path, plan, others);
  }

  /**
   * The plans, each with its window. The default depends on who else is in the fit, known
   * once all have started.
   */
  private *scheduled(): Generator<[SurgeryTarget, Scheduled]> {
    for (const [target, plan] of this.plans) {
      if (plan.endStep === undefined) Object.assign(plan, this.defaultWindow());
      yield [target, plan as Scheduled];
    }
  }

  private defaultWindow(): Window {
    const { beginStep, endStep } = this.options;
    if (endStep !== undefined) return { beginStep, endStep };
    const other = this.siblings.find((sibling) => sibling.fewestEpochs > 0);
    return this.named(() => defaultWindow(beginStep, this.clock, other));
  }

  override get structureFixedAt(): number {
    return Math.max(0, ...[...this.scheduled()].map(([, { endStep }]) => endStep));
  }

  override checkPlan(): void {
    const { whenStopped, beginStep, endStep, phases } = this.options;
    const isDefault = endStep === undefined && !phases;
    for (const [{ path }, plan] of this.plans) {
      if (isDefault && plan.endStep === undefined) this.named(() => checkBegin(beginStep, this.clock.totalSteps!));
      else if (whenStopped !== 'keep')
        this.named(() => checkWindow(path, { beginStep, endStep: endStep!, ...plan } as Scheduled, this.clock));
    }
  }

  protected override progress(): SurgeryProgress {
    const plans = [...this.plans].map(([target, plan]) => [target.path, plan]);
    return { plans: Object.fromEntries(plans), scales: this.scales };
  }

  protected override async onEpoch(): Promise<void> {
    this.changed = { pruned: 0, spliced: 0 };
  }

  protected override async onStep(): Promise<void> {
    if (this.options.scope === 'model') return this.stepTogether();
    let index = 0;
    for (const [target, plan] of this.scheduled()) {
      index++;
      if (plan.isDone || this.clock.stepsBegun < plan.beginStep) continue;
      if (isOver(plan, this.clock)) await this.complete(target, plan);
      else if (isDue(plan, this.options, this.clock.stepsBegun, index)) await this.operate(target, plan);
    }
  }

  /** One update of a kernel's mask, and of its bias's (DNS, Eq. 3). */
  private async operate(target: SurgeryTarget, plan: Scheduled): Promise<void> {
    if (plan.rate !== undefined) plan.thresholds ??= await this.paperThresholds(target, plan);
    const thresholds = plan.thresholds ?? (await targetThresholds(target.kernel, plan, this.clock.stepsBegun));
    for (const { kernel } of this.withBias(target)) await this.updateMask(kernel, plan, thresholds);
  }

  private async updateMask(kernel: SurgeryTarget['kernel'], plan: Plan, thresholds: SurgeryThresholds): Promise<void> {
    const reenterAt = plan.rate === undefined ? thresholds.b : undefined;
    this.note(await kernel.update(updateMaskWith(thresholds, reenterAt)));
  }

  private note({ pruned, spliced }: Change): void {
    this.changed.pruned += pruned;
    this.changed.spliced += spliced;
  }

  private withBias(target: SurgeryTarget): SurgeryTarget[] {
    const bias = this.biases.get(target);
    return bias ? [target, bias] : [target];
  }

  /** The last update: meets the target to one weight. From here on nothing is spliced. */
  private async complete(target: SurgeryTarget, plan: Plan): Promise<void> {
    const bias = this.biases.get(target);
    if (plan.targetSparsity !== undefined) {
      const { a } = thresholdsForSparsity(await target.kernel.values(), target.kernel.states, plan.targetSparsity, 0);
      if (bias) await this.updateMask(bias.kernel, plan, { a, b: a });
      this.note(await target.kernel.update(fixMask(plan.targetSparsity)));
    } else if (!plan.thresholds) {
      plan.thresholds = await this.paperThresholds(target, plan);
      for (const { kernel } of this.withBias(target)) await this.updateMask(kernel, plan, plan.thresholds);
    }
    this.fix(target, plan);
  }

  private fix(target: SurgeryTarget, plan: Plan): void {
    plan.isDone = true;
    for (const { kernel } of this.withBias(target)) kernel.splicing = false;
    if (this.verbose > 1) this.say(`${target.path}: masks fixed at step ${this.clock.stepsBegun}`);
  }

  /** With scope 'model': one update of all masks, or the last one. */
  private async stepTogether(atEnd = false): Promise<void> {
    const all = [...this.scheduled()];
    const [, plan] = all[0];
    if (plan.isDone || (this.clock.stepsBegun < plan.beginStep && !atEnd)) return;
    const isEnd = atEnd || isOver(plan, this.clock);
    if (!isEnd && !isDue(plan, this.options, this.clock.stepsBegun, 1)) return;
    const kernels = all.map(([{ kernel, path }, { hysteresis }]) => ({ kernel, scale: this.scales[path], hysteresis }));
    const changes = isEnd
      ? await fixMasksTogether(kernels, plan.targetSparsity!)
      : await updateMasksTogether(kernels, sparsityAt(plan, this.clock.stepsBegun));
    for (const change of changes) this.note(change);
    if (isEnd) for (const [target, own] of all) this.fix(target, own);
  }

  /** Where nobody knew which batch is the last one. */
  protected override async onEpochTrained(): Promise<void> {
    if (this.isFinished) return;
    const { stepsBegun, epochsDone, epochs, isLastEpoch } = this.clock;
    const endStep = this.structureFixedAt;
    const steps = epochs * (this.clock.stepsPerEpoch ?? stepsBegun / (epochsDone + 1));
    if (this.options.whenStopped === 'keep' && endStep > stepsBegun) return;
    if (isLastEpoch) {
      this.warn(
        `the training ends after ${stepsBegun} steps, endStep is ${endStep}: masks are fixed now, without re-training.`,
      );
      await this.finish();
    } else if (epochsDone === 0 && endStep > steps) {
      this.warn(
        `endStep ${endStep} lies beyond the ${steps} steps of this training: the masks will be fixed at its end.`,
      );
    }
  }

  override get isFinished(): boolean {
    return [...this.plans.values()].every((plan) => plan.isDone);
  }

  override async finish(): Promise<void> {
    if (this.options.scope === 'model') return this.stepTogether(true);
    for (const [target, plan] of this.scheduled()) if (!plan.isDone) await this.complete(target, plan);
  }

  /** Kernels see to it themselves. */
  protected override async repair(): Promise<number> {
    return 0;
  }

  protected override figures(weights: Float32Array[]): Record<string, number> {
    const sum = (count: (values: Float32Array) => number) => weights.reduce((all, each) => all + count(each), 0);
    return { sparsity: sum(countZeros) / sum(({ length }) => length), ...this.changed };
  }

  protected override describe({ sparsity = 0 }: Record<string, number>): string {
    return `${(100 * sparsity).toFixed(1)}% sparse`;
  }
}
