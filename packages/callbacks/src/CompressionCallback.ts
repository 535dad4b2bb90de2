import type * as tfl from '@tensorflow/tfjs-layers';
import { checkFinite, checkModel, secondCopy } from '@tfjs-compress/layers/internal';
import { ArgumentError } from '@tfjs-compress/math';
import { AttachedMethod } from './AttachedMethod.js';
import { type CommonOptions, checkLoopParams, type LoopParams } from './callbackArgs.js';
import { isRunning, userModel, watch } from './fits.js';
import { logEpoch } from './progress.js';
import { pathsLeft, siblingsOn } from './siblings.js';
import { printTable } from './table.js';

/**
 * The part that both callbacks share of a training: counting epochs and steps, what is
 * due when, logs, progress lines, the table at the end.
 */
export abstract class CompressionCallback<Override extends object = object> extends AttachedMethod<Override> {
  private isEpochOpen = false;
  private isEpochTrained = false;
  private isSettled = false;
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
    super.setModel(model);
    this.isSettled = this.isFinishedLate = this.isEpochOpen = false;
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
}
