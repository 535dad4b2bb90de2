import * as tfl from '@tensorflow/tfjs-layers';
import {
  type Attachment,
  attach,
  type CompressibleKernel,
  checkFinite,
  checkModel,
  findSites,
  isCompressibleLayer,
  isConvertible,
  openRun,
  type Selected,
  type Selection,
  type Site,
  secondCopy,
  select,
} from '@tfjs-compress/layers';
import { checkInteger } from '@tfjs-compress/math';
import { type CommonOptions, checkLoopParams, type LoopParams } from './callbackArgs.js';
import { isRunning, trainedModel, userModel, watch } from './fits.js';
import { checkOptimizerSlots, checkSettings, describeZeros } from './modelChecks.js';
import { type AdamPowers, adamPowers, restoreAdamPowers } from './optimizerState.js';
import { logEpoch } from './progress.js';
import { join, leave, siblingsOn } from './siblings.js';
import { printTable } from './table.js';

/** A kernel and what was asked for it. */
export interface Target<Override = object> {
  /** The path of the kernel in the model. */
  path: string;
  kernel: CompressibleKernel;
  options: Partial<Override>;
}

/** How long the training is, counted from the beginning of the plan, pauses left out. */
export interface Extent {
  /** Epochs in all. */
  epochs: number;
  /** Epochs done before this fit. */
  epochsDone: number;
  /** Optimizer steps in an epoch; undefined for a dataset of unknown size. */
  stepsPerEpoch: number | undefined;
}

/** What a kept run holds of a callback. */
interface Progress {
  epochsDone: number;
  step: number;
  /** The options that matter: a run goes on with the same ones. */
  settings: object;
  adam?: AdamPowers;
  own: object;
}

interface FitParams {
  epochs?: number;
  samples?: number;
  steps?: number;
  batchSize?: number;
}

/**
 * The part that both callbacks share: checks before the first batch, attaching to the model, counting epochs and steps
 * over pauses, logs, progress lines, the table at the end. Sub-classes decide when something is to be done.
 */
export abstract class CompressionCallback<Override extends object = object> extends tfl.CustomCallback {
  /** What the callback is called in messages and checkpoints. */
  abstract readonly label: string;
  abstract readonly priority: number;
  protected abstract readonly overrideOptions: readonly (keyof Override & string)[];

  protected targets: Target<Override>[] = [];
  protected extent!: Extent;
  /** Optimizer steps begun since the beginning of the plan. */
  protected stepsBegun = 0;
  /** Epochs finished since the beginning of the plan. */
  protected epochsDone = 0;
  /** The model inside a Sequential, any other model itself. */
  protected trained: tfl.LayersModel | undefined;
  /** An optimizer of the user's own, in a loop without compile(). */
  protected ownOptimizer: LoopParams['optimizer'];

  private attachment: Attachment | undefined;
  private fitParams: FitParams = {};
  /** Which one of its kind in the fit, from 1. */
  private order = 1;
  private batchesInEpoch = 0;
  private isEpochOpen = false;
  private isEpochTrained = false;
  private isSettled = false;
  private hasTrained = false;
  private startTime = 0;
  private lastFigures: Record<string, number> = {};

  protected constructor(protected readonly common: CommonOptions) {
    const hooks: tfl.CustomCallbackArgs = {
      onEpochBegin: (epoch) => this.openEpoch(epoch),
      onBatchBegin: () => this.step(),
      onEpochEnd: async (_, logs) => {
        await this.endEpoch(logs ?? {});
      },
      onTrainEnd: () => this.end(),
    };
    // Yielding to the page is the fit's (fits.ts).
    super(hooks, 'never');
    watch(this);
  }

  override setParams(params: FitParams): void {
    super.setParams(params as never);
    this.fitParams = params;
  }

  /** A fit of another copy of tfjs calls this on a callback of its own, and would do so without end. */
  override async onTrainBegin(_logs?: tfl.Logs): Promise<void> {
    if (!(this instanceof CompressionCallback))
      throw new Error(secondCopy('fit takes the callback for a plain object'));
  }

  /** Not through super, which would read the loss back at every step. */
  override async onBatchEnd(): Promise<void> {
    if (this.isLastBatch) await this.epochTrained();
  }

  /** Called by fit. */
  override setModel(model: tfl.LayersModel): void {
    checkModel(model);
    if (this.trained) leave(this.trained, this);
    this.trained = trainedModel(model);
    this.order = join(this.trained, this);
    this.targets = [];
    this.isSettled = this.isEpochOpen = this.hasTrained = false;
  }

  /** Checks what was selected, before anything is attached. */
  protected abstract checkSelected(selected: Selected<Override>[], resumed: object | undefined): void;
  /** Starts the plan, or goes on with what `progress` gave before. */
  protected abstract start(resumed: object | undefined): Promise<void>;
  /** Checks that the training is long enough, once all callbacks of the fit have started, before the first batch. */
  protected abstract checkPlan(): void;
  /** The options that a kept run must go on with, by name. Plain JSON. */
  protected abstract settings(selected: Selected<Override>[]): Record<string, unknown>;
  protected abstract progress(): object;
  protected abstract onEpoch(): Promise<void>;
  protected abstract onStep(): Promise<void>;
  /** All batches of an epoch have been trained. */
  protected abstract onEpochTrained(): Promise<void>;
  /** Whether all that the plan asks for has been done. */
  abstract get isFinished(): boolean;
  /** Does at once what is left of the plan. */
  abstract finish(): Promise<void>;
  /** The optimizer step from which on the callback changes no mask anymore. */
  get structureFixedAt(): number {
    return 0;
  }
  /** The fewest epochs of a fit that the callback must have for itself. */
  get fewestEpochs(): number {
    return 0;
  }
  /** Puts right what others have written to weights that are done. Returns how many. */
  protected abstract repair(): Promise<number>;
  /** Figures for the epoch's logs, counted from the effective weights: one array for each target. */
  protected abstract figures(weights: Float32Array[]): Record<string, number>;
  /** For the progress line. */
  protected abstract describe(figures: Record<string, number>): string;

  /** Selected when the user names nothing: kernels that are trained; of convertible layers only ours, if there are any. */
  protected selectSites(all: Site[]): Selected<Override>[] {
    const kernels = all.filter((site) => site.role === 'kernel');
    const trained = new Set(this.trained!.trainableWeights);
    const isOurs = (site: Site) => site.layers.some(isCompressibleLayer);
    const hasOurs = kernels.some(isOurs);
    const isDefault = (site: Site) => trained.has(site.variable) && (!hasOurs || isOurs(site) || !isConvertible(site));
    return select(kernels, this.common as Selection<Override>, this.overrideOptions, isDefault);
  }

  protected get verbose(): number {
    return this.common.verbose;
  }

  protected say(line: string): void {
    if (this.verbose > 0) console.log(`${this.name}: ${line}`);
  }

  /** What nobody should miss, however little they want to see. */
  protected warn(line: string): void {
    console.warn(`${this.name}: ${line}`);
  }

  protected fail(message: string): never {
    throw new Error(`${this.name}: ${message}`);
  }

  /** The label, numbered from the second one of its kind on: also its slot in a checkpoint. */
  private get name(): string {
    return this.order > 1 ? `${this.label} ${this.order}` : this.label;
  }

  /** Optimizer steps of the whole training; undefined where nobody knows. */
  protected get totalSteps(): number | undefined {
    const { epochs, stepsPerEpoch } = this.extent;
    return stepsPerEpoch === undefined ? undefined : epochs * stepsPerEpoch;
  }

  protected get isLastEpoch(): boolean {
    return this.epochsDone === this.extent.epochs - 1;
  }

  protected get isLastBatch(): boolean {
    return this.batchesInEpoch === this.extent?.stepsPerEpoch;
  }

  /** The other callbacks at work on weights that this one has, too. */
  protected get siblings(): CompressionCallback[] {
    const mine = new Set(this.targets.map(({ kernel }) => kernel));
    return siblingsOn(this.trained!).filter(
      (sibling): sibling is CompressionCallback =>
        sibling instanceof CompressionCallback &&
        sibling !== this &&
        sibling.targets.some(({ kernel }) => mine.has(kernel)),
    );
  }

  /**
   * Starts a training loop of your own, with or without model.compile(); fit and fitDataset do it by themselves. Then call
   * step() before each optimizer step, endEpoch() after each epoch, end() at the end (as tfmot's UpdatePruningStep).
   *
   * ```js
   * await callback.begin(model, { epochs: 8, stepsPerEpoch: 100 });
   * for (let epoch = 0; epoch < 8; epoch++) {
   *   for (let i = 0; i < 100; i++) {
   *     await callback.step();
   *     optimizer.minimize(() => loss(model.predict(xs[i]), ys[i]));
   *   }
   *   await callback.endEpoch();
   * }
   * await callback.end();
   * ```
   *
   * With both callbacks, call each one's methods, SurgeryCallback's first.
   * @throws ArgumentError, or Error for a model that cannot be compressed.
   */
  async begin(model: tfl.LayersModel, params: LoopParams): Promise<void> {
    checkModel(model);
    checkLoopParams(params);
    // A loop that threw never came to its end.
    await this.release(false);
    const { epochs, stepsPerEpoch, initialEpoch = 0, optimizer } = params;
    this.setParams({ epochs, steps: stepsPerEpoch });
    this.setModel(model);
    this.ownOptimizer = optimizer;
    await this.attachTo(initialEpoch);
  }

  /** One optimizer step is about to be taken. */
  async step(): Promise<void> {
    if (!this.isEpochOpen) await this.openEpoch();
    this.hasTrained = true;
    this.batchesInEpoch++;
    await this.onStep();
    this.stepsBegun++;
  }

  /**
   * An epoch is over.
   *
   * @param logs Gets the figures (`sparsity`, `quantized`, …).
   * @returns The same object.
   */
  async endEpoch(logs: tfl.Logs = {}): Promise<tfl.Logs> {
    const isStopped = (this.trained as unknown as { stopTraining_?: boolean }).stopTraining_ ?? false;
    const { stepsPerEpoch } = this.extent;
    const isCutShort = isStopped && (stepsPerEpoch === undefined ? !this.isEpochTrained : !this.isLastBatch);
    if (!isCutShort) await this.epochTrained();
    this.epochsDone++;
    this.isEpochOpen = false;
    const figures = await this.count();
    const suffix = this.order > 1 ? `_${this.order}` : '';
    for (const [key, value] of Object.entries(figures)) logs[key + suffix] = value;
    const secondsPerEpoch = (Date.now() - this.startTime) / 1000 / (this.epochsDone - this.extent.epochsDone);
    const report = { epoch: this.epochsDone, epochs: this.extent.epochs, secondsPerEpoch, logs };
    if (this.verbose > 0) this.say(logEpoch(report, this.describe(figures)));
    return logs;
  }

  /** Training is over: finishes or keeps the plan, prints the table, gives the model back. */
  async end(): Promise<void> {
    await this.settle();
    if (!isRunning(this)) await this.close();
  }

  /** All batches of the epoch have been trained; what is due at its end is done before anything validates. */
  async epochTrained(): Promise<void> {
    if (this.isEpochTrained || !this.attachment) return;
    this.isEpochTrained = true;
    await this.onEpochTrained();
  }

  /** After the ends of all other callbacks, which may have written weights. */
  async close(): Promise<void> {
    if (!this.attachment || !this.trained) return;
    const repaired = this.isFinished ? await this.repair() : 0;
    if (repaired > 0)
      this.warn(`${repaired} weights were written by something else after they were done; put right again.`);
    const isLast = siblingsOn(this.trained).filter((s) => s instanceof CompressionCallback).length === 1;
    if (isLast && this.verbose > 0) {
      const paths = [...(tablePaths.get(this.trained) ?? []), ...this.targets.map(({ path }) => path)];
      await printTable(userModel(this.trained), this.trained, new Set(paths));
    }
    await this.release(this.isKept);
  }

  /** The fit failed: nothing is kept of it. A run that it was to go on with stays, if no batch was trained. */
  async abandon(): Promise<void> {
    await this.release(!this.hasTrained && this.extent?.epochsDone > 0);
  }

  private get isKept(): boolean {
    const isStopped = !this.isFinished || this.epochsDone < this.extent.epochs;
    return isStopped && this.common.whenStopped === 'keep';
  }

  /** Reads the weights once for the logs. @throws Error when one is not finite. */
  private async count(): Promise<Record<string, number>> {
    const weights: Float32Array[] = [];
    for (const { kernel, path } of this.targets) {
      const values = await kernel.effectiveValues();
      checkFinite(values, `${this.name}: ${path}`);
      weights.push(values);
    }
    this.lastFigures = this.figures(weights);
    return this.lastFigures;
  }

  private async openEpoch(epoch?: number): Promise<void> {
    if (!this.attachment) await this.attachTo(epoch ?? 0);
    if (!this.hasTrained) this.checkPlan();
    this.isEpochOpen = true;
    this.isEpochTrained = false;
    this.batchesInEpoch = 0;
    await this.onEpoch();
  }

  private async attachTo(initialEpoch: number): Promise<void> {
    const model = this.trained;
    if (!model)
      this.fail('no model. In fit, put callbacks into the array as they are; in a loop of your own call begin().');
    const { epochs = 0, samples, steps, batchSize } = this.fitParams;
    checkInteger(epochs, 'setParams: epochs', 1);
    if (model.optimizer) checkOptimizerSlots(model, this.label);
    const user = userModel(model);
    const selected = this.selectSites(findSites(user));
    if (selected.length === 0) {
      this.fail(
        'nothing to compress: none of the selected layers has a trainable dense, convolution, embedding or recurrent kernel.',
      );
    }
    this.checkOverlap(selected);
    const run = await openRun(user, (text) => this.warn(text));
    const resumed = run?.progress[this.name] as Progress | undefined;
    const settings = this.settings(selected);
    if (resumed) checkSettings(this.name, resumed.settings, settings);
    this.stepsBegun = resumed?.step ?? 0;
    this.epochsDone = resumed?.epochsDone ?? 0;
    const stepsPerEpoch = steps ?? (samples ? Math.ceil(samples / (batchSize ?? 32)) : undefined);
    // Whoever goes on may count epochs from where the pause was, or from 0: what is left to run is the same.
    this.extent = { epochs: this.epochsDone + epochs - initialEpoch, epochsDone: this.epochsDone, stepsPerEpoch };
    this.checkSelected(selected, resumed?.own);
    for (const { site } of selected)
      checkFinite((await site.variable.read().data()) as Float32Array, `${this.name}: ${site.path}`);
    const sites = selected.map(({ site }) => site);
    const progress = async (): Promise<Progress> => {
      const adam = model.optimizer && (await adamPowers(model.optimizer));
      const { epochsDone, stepsBegun: step } = this;
      return { epochsDone, step, settings, ...(adam && { adam }), own: this.progress() };
    };
    const { keepZeros } = this.common;
    this.attachment = await attach(user, sites, { slot: this.name, progress, run, keepZeros });
    const { kernels } = this.attachment;
    this.targets = selected.map(({ site, options }, i) => ({ path: site.path, kernel: kernels[i], options }));
    try {
      for (const { path, kernel } of this.targets) {
        const zeros = await describeZeros(kernel, this.siblings.length === 0);
        if (zeros) this.say(`${path}: ${zeros}`);
      }
      await this.start(resumed?.own);
    } catch (error) {
      await this.abandon();
      throw error;
    }
    if (model.optimizer) restoreAdamPowers(model.optimizer, resumed?.adam);
    this.startTime = Date.now();
  }

  /** Two of a kind must not have the same weights. */
  private checkOverlap(selected: Selected<Override>[]): void {
    const mine = new Map(selected.map(({ site }) => [site.variable, site.path]));
    for (const sibling of siblingsOn(this.trained!)) {
      if (!(sibling instanceof CompressionCallback) || sibling === this) continue;
      if (sibling.common.whenStopped !== this.common.whenStopped) {
        this.fail(
          `whenStopped is '${this.common.whenStopped}' here and '${sibling.common.whenStopped}' in the other ${sibling.label}; give both the same.`,
        );
      }
      if (sibling.label !== this.label) continue;
      const shared = sibling.targets.find(({ kernel }) => mine.has(kernel.variable));
      if (shared)
        this.fail(
          `another ${this.label} of this fit has ${shared.path} already. Use include and exclude to share out the kernels.`,
        );
    }
  }

  /** Finishes the plan, unless it is to be kept. */
  private async settle(): Promise<void> {
    if (!this.attachment || this.isSettled) return;
    this.isSettled = true;
    if (this.isFinished && !this.isKept) return;
    const where = `training stopped after epoch ${this.epochsDone} of ${this.extent.epochs}`;
    if (this.isKept) {
      const kept = this.describe(this.lastFigures);
      this.say(`${where}; kept as it is (${kept}). Save the model or call fit again with the same options to go on.`);
      return;
    }
    this.say(`${where}; finishing now, without re-training (whenStopped: 'finish').`);
    for (const sibling of this.siblings)
      if (sibling.priority < this.priority && !sibling.isFinished) await sibling.finish();
    await this.finish();
    await this.count();
  }

  /** Lets go of the model. */
  private async release(keep: boolean): Promise<void> {
    this.onRelease();
    const { attachment, trained } = this;
    this.attachment = this.trained = undefined;
    if (trained) {
      const isLast = siblingsOn(trained).length === 1;
      const paths = new Set([...(tablePaths.get(trained) ?? []), ...this.targets.map(({ path }) => path)]);
      if (isLast) tablePaths.delete(trained);
      else tablePaths.set(trained, paths);
      leave(trained, this);
    }
    await attachment?.detach(keep);
  }

  /** For what a sub-class has hooked. */
  protected onRelease(): void {}
}

/** Kernels of callbacks that have closed, for the one table that the last one prints. */
const tablePaths = new WeakMap<tfl.LayersModel, Set<string>>();
