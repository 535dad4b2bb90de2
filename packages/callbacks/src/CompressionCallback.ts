import type * as tfl from '@tensorflow/tfjs-layers';
import {
  type Attachment,
  attach,
  checkFinite,
  checkModel,
  findSites,
  openRun,
  type Selected,
  secondCopy,
} from '@tfjs-compress/layers/internal';
import { ArgumentError } from '@tfjs-compress/math';
import { CompressionMethod } from './CompressionMethod.js';
import { type CommonOptions, checkLoopParams, type LoopParams } from './callbackArgs.js';
import { isRunning, trainedModel, userModel, watch } from './fits.js';
import { checkOptimizerSlots, checkSettings, describeZeros, prunedBiases, unheldPruned } from './modelChecks.js';
import { type AdamPowers, adamPowers, restoreAdamPowers } from './optimizerState.js';
import { logEpoch } from './progress.js';
import { holders, join, leave, pathsLeft, siblingsOn } from './siblings.js';
import { type FitParams, TrainingClock } from './TrainingClock.js';
import { printTable } from './table.js';

/** What a kept run holds of a callback. */
interface Progress {
  epochsDone: number;
  step: number;
  /** The options that matter: a run goes on with the same ones. */
  settings: object;
  adam?: AdamPowers;
  own: object;
}

/**
 * The part that both callbacks share: checks before the first batch, attaching to the
 * model, counting epochs and steps over pauses, logs, progress lines, the table at the
 * end.
 */
export abstract class CompressionCallback<Override extends object = object> extends CompressionMethod<Override> {
  private attachment: Attachment | undefined;
  /** Of a loop of one's own that never came to its end, when a fit has begun since. */
  private left: Attachment | undefined;
  private fitParams: FitParams = {};
  private isEpochOpen = false;
  private isEpochTrained = false;
  private isSettled = false;
  private hasTrained = false;
  private lastFigures: Record<string, number> = {};

  /** fit takes the class itself for a plain object, and would train without it. */
  protected static onTrainBegin(): never {
    throw new ArgumentError('callbacks', 'what new made, such as new INQScheduler()', 'a class');
  }

  protected constructor(common: CommonOptions) {
    const hooks: tfl.CustomCallbackArgs = {
      onEpochBegin: (epoch) => this.openEpoch(epoch),
      onBatchBegin: () => this.step(),
      onEpochEnd: async (_, logs) => {
        await this.endEpoch(logs ?? {});
      },
      onTrainEnd: () => this.end(),
    };
    super(common, hooks);
    watch(this);
  }

  override setParams(params: FitParams): void {
    super.setParams(params as never);
    this.fitParams = params;
  }

  /**
   * A fit of another copy of tfjs calls this on a callback of its own, and would do so
   * without end.
   */
  override async onTrainBegin(_logs?: tfl.Logs): Promise<void> {
    if (!(this instanceof CompressionCallback))
      throw new Error(secondCopy('fit takes the callback for a plain object'));
  }

  /** Not through super, which would read the loss back at every step. */
  override async onBatchEnd(): Promise<void> {
    if (this.common.signal?.aborted) this.stop();
    if (this.clock.isLastBatch) await this.epochTrained();
  }

  /** Called by fit. */
  override setModel(model: tfl.LayersModel): void {
    checkModel(model);
    if (this.trained) leave(this.trained, this, []);
    if (this.attachment) this.onRelease();
    this.left ??= this.attachment;
    this.attachment = undefined;
    this.trained = trainedModel(model);
    this.order = join(this.trained, this);
    this.targets = [];
    this.isSettled = this.isFinishedLate = this.isEpochOpen = this.hasTrained = false;
  }

  /**
   * Starts a training loop of your own, with or without model.compile(); fit and
   * fitDataset do it by themselves. Then call step() before each optimizer step,
   * endEpoch() after each epoch, end() at the end (as tfmot's UpdatePruningStep).
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
    this.clock.beginBatch();
    await this.named(() => this.onStep());
    this.clock.stepsBegun++;
  }

  /**
   * An epoch is over.
   *
   * @param logs Gets the figures (`sparsity`, `quantized`, …).
   * @returns The same object.
   */
  async endEpoch(logs: tfl.Logs = {}): Promise<tfl.Logs> {
    const model = this.trained ?? this.noModel();
    if (!this.isEpochOpen)
      this.fail('endEpoch: expected step() before each optimizer step, received no call of it in this epoch.');
    const isStopped = (model as unknown as { stopTraining_?: boolean }).stopTraining_ ?? false;
    const { clock } = this;
    const isWhole = clock.stepsPerEpoch === undefined ? this.isEpochTrained : clock.isLastBatch;
    // Whose ever turn it is: what one of them does, the others count.
    const all = [this, ...this.siblings].sort((a, b) => a.priority - b.priority);
    if (isWhole || !isStopped) for (const each of all) await each.epochTrained();
    clock.epochsDone++;
    this.isEpochOpen = false;
    const figures = await this.count();
    for (const [key, value] of Object.entries(figures)) logs[this.logKey(key)] = value;
    const { epochsDone: epoch, epochs, secondsPerEpoch } = clock;
    if (this.verbose > 0) this.say(logEpoch({ epoch, epochs, secondsPerEpoch, logs }, this.describe(figures)));
    return logs;
  }

  /**
   * Training is over: finishes or keeps the plan, prints the table, gives the model back.
   */
  async end(): Promise<void> {
    await this.settle();
    if (!isRunning(this)) await this.close();
  }

  /**
   * All batches of the epoch have been trained; what is due at its end is done before
   * anything validates.
   */
  async epochTrained(): Promise<void> {
    if (this.isEpochTrained || !this.attachment) return;
    this.isEpochTrained = true;
    await this.named(() => this.onEpochTrained());
  }

  /** After the ends of all other callbacks, which may have written weights. */
  async close(): Promise<void> {
    // A fit without an epoch has attached nothing.
    if (!this.attachment || !this.trained) return this.release(false);
    const repaired = this.isFinished ? await this.repair() : 0;
    if (repaired > 0)
      this.warn(`${repaired} weights were written by something else after they were done; put right again.`);
    const isLate = [this, ...this.siblings].some((each) => each.isFinishedLate);
    if (isLate || repaired > 0) this.amendHistory(await this.count());
    const isLast = siblingsOn(this.trained).length === 1;
    const paths = new Set([...pathsLeft(this.trained), ...this.paths]);
    if (isLast && this.verbose > 0) await printTable(userModel(this.trained), this.trained, paths);
    await this.release(this.isKept);
  }

  /**
   * The fit failed: nothing is kept of it. A run that it was to go on with stays, if no
   * batch was trained.
   */
  async abandon(): Promise<void> {
    await this.release(!this.hasTrained && this.clock?.epochsBefore > 0);
  }

  private get isKept(): boolean {
    const isStopped = !this.isFinished || this.clock.epochsDone < this.clock.epochs;
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

  /** Attaches to the model, unless that has been done. */
  async open(epoch = 0): Promise<void> {
    if (!this.attachment) await this.attachTo(epoch);
  }

  private async openEpoch(epoch?: number): Promise<void> {
    await this.open(epoch);
    if (!this.hasTrained) {
      this.checkPlan();
      if (siblingsOn(this.trained!)[0] === this) await this.warnOfLost();
    }
    this.isEpochOpen = true;
    this.isEpochTrained = false;
    this.clock.beginEpoch();
    await this.onEpoch();
  }

  private async attachTo(initialEpoch: number): Promise<void> {
    const model = this.trained ?? this.noModel();
    for (const each of siblingsOn(model)) if (each instanceof CompressionCallback) await each.letGo();
    this.clock = new TrainingClock(this.fitParams, initialEpoch);
    if (model.optimizer) checkOptimizerSlots(model, this.label);
    const user = userModel(model);
    const all = findSites(user);
    const selected = this.selectSites(all);
    if (selected.length === 0) {
      this.fail(
        'nothing to compress: none of the selected layers has a trainable dense, convolution, embedding or recurrent kernel.',
      );
    }
    await this.checkOverlap(selected);
    const run = await openRun(user, (text) => this.warn(text));
    const resumed = run?.progress[this.name] as Progress | undefined;
    const settings = this.settings(selected);
    if (resumed) checkSettings(this.name, resumed.settings, settings);
    this.clock = new TrainingClock(this.fitParams, initialEpoch, resumed);
    this.checkSelected(selected, resumed?.own);
    for (const { site } of selected)
      checkFinite((await site.variable.read().data()) as Float32Array, `${this.name}: ${site.path}`);
    const sites = [...selected.map(({ site }) => site), ...prunedBiases(user, all, selected)];
    const progress = async (): Promise<Progress> => {
      const adam = model.optimizer && (await adamPowers(model.optimizer));
      const { epochsDone, stepsBegun: step } = this.clock;
      return { epochsDone, step, settings, ...(adam && { adam }), own: this.progress() };
    };
    const { keepZeros } = this.common;
    this.attachment = await attach(user, sites, { slot: this.name, progress, run, keepZeros });
    this.common.signal?.addEventListener('abort', this.stop);
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
  }

  /** What was pruned in an earlier fit and is in nobody's hands in this one. */
  private async warnOfLost(): Promise<void> {
    const held = new Set(
      siblingsOn(this.trained!).flatMap((s) => (s instanceof CompressionCallback ? s.variables : [])),
    );
    const lost = await unheldPruned(userModel(this.trained!), this.trained!, held);
    if (lost.length === 0) return;
    this.warn(
      `${lost.join(', ')}: pruned before and not selected now, so training will change the zeros. Select them too, or set ` +
        'trainable = false on their layers.',
    );
  }

  /** Gives back what a loop had that never came to its end. */
  private async letGo(): Promise<void> {
    const { left } = this;
    this.left = undefined;
    await left?.detach(false);
  }

  private noModel(): never {
    this.fail('no model. In fit, put callbacks into the array as they are; in a loop of your own call begin().');
  }

  /**
   * Two of a kind must not have the same weights, unless the one was left in a loop that
   * never came to its end; nor must two fits at once, of models that share a layer.
   */
  private async checkOverlap(selected: Selected<Override>[]): Promise<void> {
    const mine = new Set(selected.map(({ site }) => site.variable));
    for (const { site } of selected) {
      const holder = holders.get(site.variable) as CompressionCallback | undefined;
      if (holder && holder.trained !== this.trained && isRunning(holder))
        this.fail(`${site.path} is in another model's fit that is running. Let that end first.`);
      holders.set(site.variable, this);
    }
    for (const sibling of siblingsOn(this.trained!)) {
      if (!(sibling instanceof CompressionCallback) || sibling === this) continue;
      const shared = sibling.targets.find(({ kernel }) => mine.has(kernel.variable));
      if (shared && sibling.label === this.label && !isRunning(sibling)) {
        this.warn(`an earlier loop over this model never called end(); its ${this.label} is let go.`);
        await sibling.abandon();
        continue;
      }
      if (sibling.common.whenStopped !== this.common.whenStopped) {
        const [own, theirs] = [this.common.whenStopped, sibling.common.whenStopped];
        this.fail(`whenStopped is '${own}' here and '${theirs}' in the other ${sibling.label}; give both the same.`);
      }
      if (shared && sibling.common.keepZeros !== this.common.keepZeros) {
        const [own, theirs] = [this.common.keepZeros, sibling.common.keepZeros];
        this.fail(`keepZeros is ${own} here and ${theirs} in the other ${sibling.label}; give both the same.`);
      }
      if (!shared || sibling.label !== this.label) continue;
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
    const where = `training stopped after epoch ${this.clock.epochsDone} of ${this.clock.epochs}`;
    if (this.isKept) {
      const kept = this.describe(this.lastFigures);
      this.say(`${where}; kept as it is (${kept}). Save the model or call fit again with the same options to go on.`);
      return;
    }
    this.say(`${where}; finishing now, without re-training (whenStopped: 'finish').`);
    for (const sibling of this.siblings)
      if (sibling.priority < this.priority && !sibling.isFinished) await sibling.finish();
    await this.finish();
    this.isFinishedLate = true;
  }

  /**
   * The last epoch's figures in History, which were counted before the plan was finished.
   */
  private amendHistory(figures: Record<string, number>): void {
    const { history } = (this.trained as unknown as { history?: tfl.History }).history ?? {};
    if (!history || !isRunning(this)) return;
    for (const key of this.lastingFigures) {
      const values = history[this.logKey(key)];
      if (values) values[values.length - 1] = figures[key];
    }
  }

  private logKey(figure: string): string {
    return this.order > 1 ? `${figure}_${this.order}` : figure;
  }

  /**
   * At once, for a page hears of its button after a batch's onBatchEnd, and the next
   * batch would be begun.
   */
  private readonly stop = (): void => {
    if (this.trained) this.trained.stopTraining = true;
  };

  /** Lets go of the model. */
  private async release(keep: boolean): Promise<void> {
    this.onRelease();
    this.common.signal?.removeEventListener('abort', this.stop);
    const { attachment, trained } = this;
    this.attachment = this.trained = undefined;
    if (trained) leave(trained, this, this.paths);
    await this.letGo();
    await attachment?.detach(keep);
  }
}
