import * as tfl from '@tensorflow/tfjs-layers';
import {
  type Attachment,
  attach,
  type CompressibleKernel,
  checkModel,
  findSites,
  isCompressibleLayer,
  type Selected,
  type Selection,
  type Site,
  savedProgress,
  secondCopy,
  select,
} from '@tfjs-compress/layers';
import { check } from '@tfjs-compress/math';
import { initialEpochOf, trainedModel, userModel, watchFits } from './fits.js';
import { checkFinite, checkOptimizerSlots } from './modelChecks.js';
import { type AdamPowers, adamPowers, restoreAdamPowers } from './optimizerState.js';
import { type EpochReport, logEpoch } from './progress.js';
import { compressionTable, formatTable } from './table.js';

/** Options that both callbacks take. */
export interface CompressionCallbackArgs<Override> extends Selection<Override> {
  /**
   * What to do when training ends before the plan does (earlyStopping, stopTraining): 'finish' it at once (default), or
   * 'keep' what is done, on the model, so that a later fit with the same callback goes on from there.
   */
  whenStopped?: 'finish' | 'keep';
  /** Seed of all random choices. Default 0. */
  seed?: number;
  /** 0 silent, 1 a line for every epoch and a table at the end (default), 2 a line for every step of the method too. */
  verbose?: 0 | 1 | 2;
}

export const commonOptions = ['include', 'exclude', 'overrides', 'whenStopped', 'seed', 'verbose'] as const;

/** A kernel and what was asked for it. */
export interface Target<Override> {
  /** The path of the kernel in the model. */
  path: string;
  kernel: CompressibleKernel;
  options: Partial<Override>;
}

/** How long the fit runs: counted from the beginning of the plan, pauses left out. */
export interface Extent {
  /** Epochs in all. */
  epochs: number;
  /** Epochs done before this fit. */
  epochsDone: number;
  /** Optimizer steps in an epoch; undefined for a dataset of unknown size. */
  stepsPerEpoch: number | undefined;
}

/** What the checkpoint keeps for a callback, beside its own. */
interface Progress {
  epochsDone: number;
  step: number;
  adam?: AdamPowers;
  own: object;
}

/**
 * The part that both callbacks share: checks before the first batch, attaching to the model, counting epochs and steps
 * over pauses, logs, progress lines, the table at the end. Sub-classes decide when something is to be done.
 */
export abstract class CompressionCallback<Override extends object = object> extends tfl.CustomCallback {
  /** What the callback is called in messages and checkpoints. */
  abstract readonly label: string;
  protected abstract readonly overrideOptions: readonly (keyof Override & string)[];

  protected targets: Target<Override>[] = [];
  protected extent!: Extent;
  /** Optimizer steps begun since the beginning of the plan. */
  protected step = 0;
  /** Epochs finished since the beginning of the plan. */
  protected epochsDone = 0;
  /** The model inside a Sequential, any other model itself. */
  protected trained: tfl.LayersModel | undefined;
  protected isLastEpoch = false;

  private attachment: Attachment | undefined;
  private fitParams: { epochs?: number; initialEpoch?: number; samples?: number; steps?: number; batchSize?: number } =
    {};
  private batchesInEpoch = 0;
  private batchesOfLastEpoch: number | undefined;
  private startTime = 0;

  protected constructor(protected readonly common: CompressionCallbackArgs<Override>) {
    const hooks: tfl.CustomCallbackArgs = {
      onTrainBegin: () => this.begin(),
      onEpochBegin: () => this.beginEpoch(),
      onBatchBegin: () => this.beginBatch(),
      onEpochEnd: (_, logs) => this.endEpoch(logs ?? {}),
      onTrainEnd: () => this.end(),
    };
    // Yielding to the page is watchFits's.
    super(hooks, 'never');
    const { whenStopped = 'finish', seed = 0, verbose = 1 } = common;
    check(['finish', 'keep'].includes(whenStopped), 'whenStopped', "'finish' or 'keep'", whenStopped);
    check(Number.isInteger(seed), 'seed', 'an integer', seed);
    check([0, 1, 2].includes(verbose), 'verbose', '0, 1 or 2', verbose);
    watchFits(this);
  }

  override setParams(params: typeof this.fitParams): void {
    super.setParams(params as never);
    this.fitParams = params;
  }

  /** A fit of another copy of tfjs calls this on a callback of its own, and would do so without end. */
  override async onTrainBegin(logs?: tfl.Logs): Promise<void> {
    if (!(this instanceof CompressionCallback))
      throw new Error(secondCopy('fit takes the callback for a plain object'));
    await super.onTrainBegin(logs);
  }

  /** Called by fit; by hand before a loop over trainOnBatch. */
  override setModel(model: tfl.LayersModel): void {
    checkModel(model);
    // A loop of the user's own that threw never came to its end.
    this.release(true);
    this.trained = trainedModel(model);
  }

  /** Checks what was selected, before anything is attached. */
  protected abstract checkSelected(selected: Selected<Override>[], extent: Extent, resumed: object | undefined): void;
  /** Starts the plan, or goes on with what `progress` gave before. */
  protected abstract start(resumed: object | undefined): Promise<void>;
  protected abstract progress(): object;
  protected abstract onEpoch(): Promise<void>;
  protected abstract onStep(): Promise<void>;
  /** Whether all that the plan asks for has been done. */
  protected abstract get isFinished(): boolean;
  /** Does at once what is left of the plan. */
  protected abstract finish(): void;
  /** Figures for the epoch's logs. */
  protected abstract figures(): Record<string, number>;
  /** For the progress line. */
  protected abstract describe(): string;
  /** Selected when the user names nothing: kernels that are trained; those of our layers alone if the model has any. */
  protected selectSites(all: Site[]): Selected<Override>[] {
    const kernels = all.filter((site) => site.role === 'kernel');
    const trained = new Set(this.trained!.trainableWeights);
    const isOurs = (site: Site) => site.layers.some(isCompressibleLayer);
    const hasOurs = kernels.some(isOurs);
    const isDefault = (site: Site) => trained.has(site.variable) && (!hasOurs || isOurs(site));
    return select(kernels, this.common, this.overrideOptions, isDefault);
  }

  protected get verbose(): number {
    return this.common.verbose ?? 1;
  }

  protected get seed(): number {
    return this.common.seed ?? 0;
  }

  protected say(line: string): void {
    if (this.verbose > 0) console.log(`${this.label}: ${line}`);
  }

  /** All batches of the current epoch have been begun, as far as anyone can know. */
  protected get isLastBatch(): boolean {
    const known = this.extent.stepsPerEpoch ?? this.batchesOfLastEpoch;
    return known === undefined || this.batchesInEpoch >= known;
  }

  private async begin(): Promise<void> {
    const model = this.trained;
    if (!model) {
      throw new Error(
        `${this.label} was given no model. In a loop of your own call setModel(model) and setParams({epochs}) first; ` +
          'in fit, put callback instances into the array as they are, not copied or wrapped.',
      );
    }
    if (!model.optimizer)
      throw new Error(`${this.label}: the model is not compiled. Call model.compile() before fit().`);
    checkOptimizerSlots(model, this.label);
    const user = userModel(model);
    const selected = this.selectSites(findSites(user));
    if (selected.length === 0) {
      throw new Error(
        `${this.label}: nothing to compress. The model has no trainable kernel of a dense, convolution, embedding or recurrent layer that is selected.`,
      );
    }
    const resumed = savedProgress(user, this.label) as Progress | undefined;
    this.step = resumed?.step ?? 0;
    this.epochsDone = resumed?.epochsDone ?? 0;
    this.extent = this.measureExtent();
    this.checkSelected(selected, this.extent, resumed?.own);
    await checkFinite(selected, this.label);
    this.attachment = attach(
      user,
      selected.map(({ site }) => site),
      this.label,
      () => this.currentProgress(),
    );
    const { kernels } = this.attachment;
    this.targets = selected.map(({ site, options }, i) => ({ path: site.path, kernel: kernels[i], options }));
    try {
      await this.start(resumed?.own);
    } catch (error) {
      // Nothing was done that a later fit could go on with.
      this.release(resumed !== undefined);
      throw error;
    }
    restoreAdamPowers(model.optimizer, resumed?.adam);
    this.startTime = Date.now();
  }

  private currentProgress(): Progress {
    const adam = adamPowers(this.trained!.optimizer);
    return { epochsDone: this.epochsDone, step: this.step, ...(adam && { adam }), own: this.progress() };
  }

  private measureExtent(): Extent {
    const { epochs, samples, steps, batchSize } = this.fitParams;
    const initialEpoch = this.fitParams.initialEpoch ?? initialEpochOf(this);
    check(Number.isInteger(epochs) && epochs! > 0, 'setParams: epochs', 'a positive integer', epochs);
    // Whoever goes on may count epochs from where the pause was, or from 0: what is left to run is the same.
    const epochsLeft = epochs! - initialEpoch;
    const stepsPerEpoch = steps ?? (samples ? Math.ceil(samples / (batchSize ?? 32)) : undefined);
    return { epochs: this.epochsDone + epochsLeft, epochsDone: this.epochsDone, stepsPerEpoch };
  }

  private async beginEpoch(): Promise<void> {
    this.isLastEpoch = this.epochsDone === this.extent.epochs - 1;
    this.batchesInEpoch = 0;
    await this.onEpoch();
  }

  private async beginBatch(): Promise<void> {
    this.batchesInEpoch++;
    await this.onStep();
    this.step++;
  }

  private async endEpoch(logs: tfl.Logs): Promise<void> {
    this.batchesOfLastEpoch = this.batchesInEpoch;
    this.epochsDone++;
    if (this.isLastEpoch && !this.isFinished) this.finish();
    Object.assign(logs, this.figures());
    const secondsPerEpoch = (Date.now() - this.startTime) / 1000 / (this.epochsDone - this.extent.epochsDone);
    const report: EpochReport = { epoch: this.epochsDone, epochs: this.extent.epochs, secondsPerEpoch, logs };
    if (this.verbose > 0) this.say(logEpoch(report, this.describe()));
  }

  private async end(): Promise<void> {
    const isStopped = !this.isFinished || this.epochsDone < this.extent.epochs;
    const keep = isStopped && this.common.whenStopped === 'keep';
    if (keep || !this.isFinished) {
      const where = `training stopped after epoch ${this.epochsDone} of ${this.extent.epochs}`;
      this.say(
        keep
          ? `${where}; kept as it is (${this.describe()}). Save the model or call fit again to go on.`
          : `${where}; finishing now, without re-training (whenStopped: 'finish').`,
      );
      if (!keep) this.finish();
    }
    const paths = this.targets.map(({ path }) => path);
    const rows = this.verbose > 0 ? compressionTable(userModel(this.trained!), { include: paths }) : [];
    if (rows.length > 0) console.log(formatTable(rows));
    this.release(keep);
    this.trained = undefined;
  }

  /** What is done stays on the model, so that a later fit can go on with it. */
  abandon(): void {
    this.release(true);
    this.trained = undefined;
  }

  /** Lets go of the model. */
  private release(keep: boolean): void {
    this.attachment?.detach(keep);
    this.attachment = undefined;
    this.onRelease();
  }

  /** For what a sub-class has hooked. */
  protected onRelease(): void {}
}
