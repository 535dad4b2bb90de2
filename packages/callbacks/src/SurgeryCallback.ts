import {
  type CompressibleKernel,
  checkCompressionArgs,
  pruneZeros,
  type Selected,
  type Selector,
  type Site,
  select,
} from '@tfjs-compress/layers';
import {
  ArgumentError,
  check,
  countState,
  magnitudeAtSparsity,
  PRUNED,
  pruneToSparsity,
  random,
  thresholdsForSparsity,
  triggerProbability,
  updateMask,
} from '@tfjs-compress/math';
import { CompressionCallback, type Extent, type Target } from './CompressionCallback.js';
import {
  checkHysteresis,
  checkSurgeryArgs,
  overrideOptions,
  type SurgeryCallbackArgs,
  type SurgeryOverride,
} from './surgeryArgs.js';
import { defaultFrequency, type Plan, rateThresholds, targetThresholds, type Window } from './surgeryPlan.js';

/** What a paused run needs, beside states and weights. */
interface SurgeryProgress {
  /** By path. */
  plans: Record<string, Plan>;
}

/**
 * Dynamic Network Surgery (Guo et al., NIPS 2016, arXiv:1608.04493) as a callback of fit and fitDataset: unimportant
 * weights are pruned while the network trains, and spliced back when they turn out to matter.
 *
 * ```js
 * await model.fit(x, y, {epochs: 10, callbacks: [new SurgeryCallback({targetSparsity: .9})]});
 * ```
 *
 * With `targetSparsity` the thresholds follow a cubic schedule from 0 to the target (Zhu and Gupta, arXiv:1710.01878,
 * Eq. 1), which is met to one weight; with `rate` they are the paper's, fixed when pruning starts. Selected are the
 * kernels of all trainable dense, convolution, recurrent and embedding layers, or only those of Masked… and PowerOfTwo…
 * layers if the model has any. The epoch logs get `sparsity` (0 to 1), `pruned` and `spliced` (weights that changed in
 * the epoch).
 *
 * In a loop of your own: setParams({epochs, steps}), setModel(model), then await onTrainBegin(), onEpochBegin(epoch),
 * onBatchBegin(batch), onBatchEnd(batch), onEpochEnd(epoch, logs) and onTrainEnd() where fit would call them.
 *
 * @throws ArgumentError from the constructor for unusable options; Error from fit, before the first batch, for a model
 *   that cannot be compressed, selectors that match nothing, weights that are not finite.
 */
export class SurgeryCallback extends CompressionCallback<SurgeryOverride> {
  readonly label = 'SurgeryCallback';
  protected readonly overrideOptions = overrideOptions;
  private readonly args: SurgeryCallbackArgs;
  private plans = new Map<Target<SurgeryOverride>, Plan>();
  /** A bias follows the mask rule of its layer's kernel. */
  private biases = new Map<Target<SurgeryOverride>, Target<SurgeryOverride>>();
  /** Of the kernels that a phase selects, by path. */
  private windows = new Map<string, Window>();
  private changed = { pruned: 0, spliced: 0 };

  constructor(args: SurgeryCallbackArgs) {
    checkSurgeryArgs(args);
    super(args);
    this.args = args;
  }

  protected override selectSites(all: Site[]): Selected<SurgeryOverride>[] {
    const { phases, pruneBias } = this.args;
    const kernels = super.selectSites(all);
    this.windows = new Map();
    for (const { include, beginStep, endStep } of phases ?? []) {
      for (const { path } of sitesOf(all, include)) {
        if (!this.windows.has(path)) this.windows.set(path, { beginStep, endStep });
      }
    }
    const chosen = phases ? kernels.filter(({ site }) => this.windows.has(site.path)) : kernels;
    if (!pruneBias) return chosen;
    return chosen.flatMap((kernel) => {
      const bias = all.find((site) => site.role === 'bias' && ownerOf(site) === ownerOf(kernel.site));
      return bias ? [kernel, { site: bias, options: kernel.options }] : [kernel];
    });
  }

  protected override checkSelected(selected: Selected<SurgeryOverride>[], extent: Extent): void {
    for (const { site, options } of selected) {
      const { targetSparsity, rate, hysteresis } = options;
      checkCompressionArgs({ targetSparsity, rate }, `overrides of ${site.path}`);
      checkHysteresis(hysteresis, `overrides of ${site.path}: hysteresis`);
      if (!this.aimOf(site, options)) {
        throw new ArgumentError('SurgeryCallback', `targetSparsity or rate for ${site.path}`, this.args);
      }
    }
    if (this.args.endStep === undefined && !this.args.phases && extent.stepsPerEpoch === undefined) {
      throw new Error(
        'SurgeryCallback: endStep is needed, for fitDataset cannot tell how many batches this dataset has. ' +
          'Give endStep (in optimizer steps), or batchesPerEpoch to fitDataset.',
      );
    }
  }

  /** The nearest of override, layer and callback that names one of the two decides. */
  private aimOf(site: Site, options: Partial<SurgeryOverride>): SurgeryOverride | undefined {
    const own = (ownerOf(site) as { compression?: SurgeryOverride }).compression ?? {};
    return [options, own, this.args].find((o) => o.targetSparsity !== undefined || o.rate !== undefined);
  }

  protected override async start(resumed: object | undefined): Promise<void> {
    const before = (resumed as SurgeryProgress | undefined)?.plans ?? {};
    this.plans.clear();
    this.biases.clear();
    for (const target of this.targets) {
      const kernel = this.targets.find(
        (t) => t.kernel.owner === target.kernel.owner && t.kernel.site.role === 'kernel',
      )!;
      if (target.kernel.site.role === 'bias') this.biases.set(kernel, target);
      else this.plans.set(target, await this.planFor(target, before[target.path]));
      target.kernel.splicing = !this.plans.get(kernel)?.isDone;
    }
  }

  private async planFor(target: Target<SurgeryOverride>, before: Plan | undefined): Promise<Plan> {
    const { kernel, options, path } = target;
    const { targetSparsity, rate } = this.aimOf(kernel.site, options)!;
    if (before) {
      const expected = `${before.rate ?? before.targetSparsity}, with which this model began to be pruned`;
      const isSame = before.rate === rate && before.targetSparsity === targetSparsity;
      check(
        isSame,
        `${path}: ${before.rate === undefined ? 'targetSparsity' : 'rate'}`,
        expected,
        rate ?? targetSparsity,
      );
      return before;
    }
    const hysteresis = options.hysteresis ?? this.args.hysteresis ?? 0.1;
    const window = this.windows.get(path) ?? this.window();
    const zeros = rate === undefined ? await pruneZeros(kernel) : 0;
    const initialSparsity = Math.min(zeros / kernel.size, targetSparsity ?? 0);
    if (targetSparsity !== undefined && Math.round(targetSparsity * kernel.size) < zeros) {
      const are = `${((100 * zeros) / kernel.size).toFixed(1)}% of its weights are 0 already`;
      this.say(`${path}: ${are}, targetSparsity ${targetSparsity} lets some of them come back.`);
    }
    const plan = { ...window, targetSparsity, initialSparsity, rate, hysteresis, isDone: false };
    // For the error, before the first batch.
    if (rate !== undefined) await this.paperThresholds(target, plan, await kernel.values());
    return plan;
  }

  private paperThresholds({ kernel, path }: Target<SurgeryOverride>, plan: Plan, values: Float32Array) {
    return rateThresholds(kernel, path, plan, values, this.args.thresholdsFrom !== 'kernel');
  }

  private window(): Window {
    const { epochs, stepsPerEpoch } = this.extent;
    const { beginStep = 0, endStep = Math.max(beginStep + 1, Math.floor(0.8 * epochs * stepsPerEpoch!)) } = this.args;
    return { beginStep, endStep };
  }

  protected override progress(): SurgeryProgress {
    return { plans: Object.fromEntries([...this.plans].map(([target, plan]) => [target.path, plan])) };
  }

  protected override async onEpoch(): Promise<void> {
    this.changed = { pruned: 0, spliced: 0 };
  }

  protected override async onStep(): Promise<void> {
    let index = 0;
    for (const [target, plan] of this.plans) {
      index++;
      if (plan.isDone || this.step < plan.beginStep) continue;
      const sinceBegin = this.step - plan.beginStep;
      if (this.step >= plan.endStep) this.complete(target, plan, await target.kernel.values());
      else if (this.isDue(sinceBegin, index, plan)) await this.operate(target, plan);
    }
  }

  private isDue(sinceBegin: number, index: number, plan: Plan): boolean {
    const { gamma = 1e-4, power = 1, frequency = defaultFrequency(plan) } = this.args;
    if (sinceBegin % frequency !== 0) return false;
    return random(this.seed, index, this.step) < triggerProbability(sinceBegin, gamma, power);
  }

  /** One update of a kernel's mask, and of its bias's (DNS, Eq. 3). */
  private async operate(target: Target<SurgeryOverride>, plan: Plan): Promise<void> {
    // A look at fixed thresholds may come at every step, and what is NaN under the mask stays there.
    const values = await (plan.thresholds ? target.kernel.rawValues() : target.kernel.values());
    const bias = this.biases.get(target);
    if (plan.rate !== undefined && !plan.thresholds) plan.thresholds = await this.paperThresholds(target, plan, values);
    const thresholds = plan.thresholds ?? targetThresholds(target.kernel, plan, this.step, values);
    this.applyMask(target, plan, values, thresholds);
    if (bias) this.applyMask(bias, plan, await bias.kernel.values(), thresholds);
  }

  private applyMask(
    { kernel }: Target<SurgeryOverride>,
    plan: Plan,
    values: Float32Array,
    thresholds: { a: number; b: number },
  ): void {
    const states = kernel.states.slice();
    const { pruned, spliced } = updateMask(values, states, thresholds);
    this.changed.pruned += pruned;
    this.changed.spliced += spliced.length;
    if (plan.rate === undefined) reenterAt(thresholds.b, kernel, values, spliced);
    if (pruned + spliced.length > 0) kernel.setStates(states);
  }

  /** The last update: meets the target to one weight. From here on nothing is spliced. */
  private complete(target: Target<SurgeryOverride>, plan: Plan, values: Float32Array): void {
    const bias = this.biases.get(target);
    if (plan.targetSparsity !== undefined) {
      const states = target.kernel.states.slice();
      const before = target.kernel.states;
      if (bias) {
        const { a } = thresholdsForSparsity(values, states, plan.targetSparsity, 0);
        this.applyMask(bias, plan, bias.kernel.variable.read().dataSync() as Float32Array, { a, b: a });
      }
      pruneToSparsity(values, states, plan.targetSparsity);
      const spliced: number[] = [];
      for (let i = 0; i < states.length; i++) if (states[i] > before[i]) spliced.push(i);
      reenterAt(magnitudeAtSparsity(values, states, plan.targetSparsity), target.kernel, values, spliced);
      this.changed.pruned += Math.max(0, countPruned(states) - countPruned(before));
      target.kernel.setStates(states);
    }
    plan.isDone = true;
    for (const done of bias ? [target, bias] : [target]) done.kernel.splicing = false;
    if (this.verbose > 1) this.say(`${target.path}: masks fixed at step ${this.step}`);
  }

  protected override get isFinished(): boolean {
    return [...this.plans.values()].every((plan) => plan.isDone);
  }

  protected override finish(): void {
    for (const [target, plan] of this.plans) {
      if (!plan.isDone) this.complete(target, plan, target.kernel.variable.read().dataSync() as Float32Array);
    }
  }

  protected override figures(): Record<string, number> {
    return { sparsity: this.sparsity, ...this.changed };
  }

  protected override describe(): string {
    return `${(100 * this.sparsity).toFixed(1)}% sparse`;
  }

  private get sparsity(): number {
    const kernels = this.targets.map(({ kernel }) => kernel);
    const size = kernels.reduce((total, kernel) => total + kernel.size, 0);
    return kernels.reduce((total, kernel) => total + countPruned(kernel.states), 0) / size;
  }
}

/**
 * Lets spliced weights come back with no more than the magnitude that brings them back. Under the mask nothing holds a
 * weight whose gradient is steady: between two looks it can grow far beyond, and a network with a high learning rate
 * does not survive its return. (The paper looks at every step, and its way is left as it is.)
 */
function reenterAt(limit: number, kernel: CompressibleKernel, values: Float32Array, spliced: number[]): void {
  const tooLarge = spliced.filter((i) => Math.abs(values[i]) > limit);
  if (tooLarge.length === 0) return;
  const held = values.slice();
  for (const i of tooLarge) held[i] = Math.sign(values[i]) * limit;
  kernel.setValues(held);
}

function countPruned(states: Uint8Array): number {
  return countState(states, PRUNED);
}

function ownerOf(site: Site) {
  return site.layers[site.layers.length - 1];
}

function sitesOf(all: Site[], include: Selector | Selector[]): Site[] {
  const kernels = all.filter((site) => site.role === 'kernel');
  return select(kernels, { include }, []).map(({ site }) => site);
}
