import type * as tfl from '@tensorflow/tfjs-layers';
import {
  type Attachment,
  attach,
  checkFinite,
  checkModel,
  findSites,
  openRun,
  type Selected,
} from '@tfjs-compress/layers/internal';
import { CompressionMethod } from './CompressionMethod.js';
import { isRunning, trainedModel, userModel } from './fits.js';
import { checkOptimizerSlots, checkSettings, describeZeros, prunedBiases, unheldPruned } from './modelChecks.js';
import { type AdamPowers, adamPowers, restoreAdamPowers } from './optimizerState.js';
import { holders, join, leave, siblingsOn } from './siblings.js';
import { type FitParams, TrainingClock } from './TrainingClock.js';

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
 * A method of compression and the model that it is attached to: what is checked before
 * the first batch, what of an earlier run it goes on with, and how the model is given
 * back.
 */
export abstract class AttachedMethod<Override extends object = object> extends CompressionMethod<Override> {
  protected attachment: Attachment | undefined;
  /** Of a loop of one's own that never came to its end, when a fit has begun since. */
  private left: Attachment | undefined;
  private fitParams: FitParams = {};
  protected hasTrained = false;

  override setParams(params: FitParams): void {
    super.setParams(params as never);
    this.fitParams = params;
  }

  override setModel(model: tfl.LayersModel): void {
    checkModel(model);
    if (this.trained) leave(this.trained, this, []);
    if (this.attachment) this.onRelease();
    this.left ??= this.attachment;
    this.attachment = undefined;
    this.trained = trainedModel(model);
    this.order = join(this.trained, this);
    this.targets = [];
    this.hasTrained = false;
  }

  /** Attaches to the model, unless that has been done. */
  async open(epoch = 0): Promise<void> {
    if (!this.attachment) await this.attachTo(epoch);
  }

  protected async attachTo(initialEpoch: number): Promise<void> {
    const model = this.trained ?? this.noModel();
    for (const each of siblingsOn(model)) if (each instanceof AttachedMethod) await each.letGo();
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
  protected async warnOfLost(): Promise<void> {
    const held = new Set(siblingsOn(this.trained!).flatMap((s) => (s instanceof AttachedMethod ? s.variables : [])));
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

  protected noModel(): never {
    this.fail('no model. In fit, put callbacks into the array as they are; in a loop of your own call begin().');
  }

  /**
   * Two of a kind must not have the same weights, unless the one was left in a loop that
   * never came to its end; nor must two fits at once, of models that share a layer.
   */
  private async checkOverlap(selected: Selected<Override>[]): Promise<void> {
    const mine = new Set(selected.map(({ site }) => site.variable));
    for (const { site } of selected) {
      const holder = holders.get(site.variable) as AttachedMethod | undefined;
      if (holder && holder.trained !== this.trained && isRunning(holder))
        this.fail(`${site.path} is in another model's fit that is running. Let that end first.`);
      holders.set(site.variable, this);
    }
    for (const sibling of siblingsOn(this.trained!)) {
      if (!(sibling instanceof AttachedMethod) || sibling === this) continue;
      const shared = sibling.targets.find(({ kernel }) => mine.has(kernel.variable));
      if (shared && sibling.label === this.label && !isRunning(sibling)) {
        this.warn(`an earlier loop over this model never called end(); its ${this.label} is let go.`);
        await sibling.abandon();
        continue;
      }
      for (const option of ['whenStopped', ...(shared ? ['keepZeros'] : [])] as ('whenStopped' | 'keepZeros')[]) {
        const [own, theirs] = [this, sibling].map(({ common }) => JSON.stringify(common[option]));
        if (own !== theirs)
          this.fail(`${option} is ${own} here and ${theirs} in the other ${sibling.label}; give both the same.`);
      }
      if (!shared || sibling.label !== this.label) continue;
      this.fail(
        `another ${this.label} of this fit has ${shared.path} already. Use include and exclude to share out the kernels.`,
      );
    }
  }

  /**
   * At once, for a page hears of its button after a batch's onBatchEnd, and the next
   * batch would be begun.
   */
  protected readonly stop = (): void => {
    if (this.trained) this.trained.stopTraining = true;
  };

  /**
   * The fit failed: nothing is kept of it. A run that it was to go on with stays, if no
   * batch was trained.
   */
  async abandon(): Promise<void> {
    await this.release(!this.hasTrained && this.clock?.epochsBefore > 0);
  }

  /** Lets go of the model. */
  protected async release(keep: boolean): Promise<void> {
    this.onRelease();
    this.common.signal?.removeEventListener('abort', this.stop);
    const { attachment, trained } = this;
    this.attachment = this.trained = undefined;
    if (trained) leave(trained, this, this.paths);
    await this.letGo();
    await attachment?.detach(keep);
  }
}
