import { clone, dispose, keep, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { check, checkInteger, checkOneOf, resolveOptions } from '@tfjs-compress/math/internal';
import { siblingsOn } from './siblings.js';
import { TrainingAid } from './TrainingAid.js';

export interface BestWeightsArgs {
  /** The figure in the epoch's logs that is to be best. Default 'val_loss'. */
  monitor?: string;
  /**
   * Whether less is better. Default 'auto': 'max' for accuracies (acc, val_acc, …), else
   * 'min'.
   */
  mode?: 'auto' | 'min' | 'max';
  /** By how much a figure must be better to count, ≥ 0. Default 0. */
  minDelta?: number;
  /**
   * Stop training after so many epochs that were no better, counted once the model is
   * finished. Default: never.
   */
  patience?: number;
  /** 0 silent, 1 (default) a line at the end. */
  verbose?: 0 | 1;
}

/**
 * Gives the model the weights of its best epoch when training ends, and can stop early:
 * what tf.callbacks.earlyStopping cannot do (tfjs issue 8488). Beside SurgeryCallback and
 * INQScheduler only epochs count in which the model was finished: masks fixed, every
 * selected weight 0 or ±2^k.
 *
 * INQScheduler finishes with the fit, unless `epochsPerStep` says when:
 *
 * ```js
 * const inq = new INQScheduler({ epochsPerStep: 2 }); // finished after 6 epochs
 * await model.fit(x, y, { epochs: 20, validationSplit: 0.1, callbacks: [inq, new BestWeights({ patience: 3 })] });
 * ```
 *
 * @throws ArgumentError for unusable options; Error from fit when the logs hold no such
 *   figure.
 */
export class BestWeights extends TrainingAid {
  readonly label = 'BestWeights';
  readonly priority = 2;
  private readonly options: Required<Omit<BestWeightsArgs, 'patience'>> & { patience: number };
  private best: { value: number; epoch: number; weights: Tensor[] } | undefined;
  private wait = 0;

  constructor(args: BestWeightsArgs = {}) {
    super({
      onEpochEnd: (epoch, logs) => this.look(epoch, logs ?? {}),
      onTrainEnd: async () => this.restore(),
    });
    const defaults = { monitor: 'val_loss', mode: 'auto', minDelta: 0, patience: Number.POSITIVE_INFINITY, verbose: 1 };
    this.options = resolveOptions<any>('BestWeights', args, defaults);
    const { monitor, mode, minDelta, patience, verbose } = this.options;
    check(typeof monitor === 'string' && monitor !== '', 'monitor', "a key of the logs, such as 'val_loss'", monitor);
    checkOneOf(mode, ['auto', 'min', 'max'], 'mode');
    check(Number.isFinite(minDelta) && minDelta >= 0, 'minDelta', 'a number ≥ 0', minDelta);
    if (patience !== Number.POSITIVE_INFINITY) checkInteger(patience, 'patience', 0);
    checkOneOf(verbose, [0, 1], 'verbose');
  }

  override setModel(model: tfl.LayersModel): void {
    super.setModel(model);
    this.wait = 0;
  }

  private async look(epoch: number, logs: tfl.Logs): Promise<void> {
    const { monitor, mode, minDelta, patience } = this.options;
    const value = logs[monitor];
    if (typeof value !== 'number') {
      // Stopped in the middle of an epoch, fit does not validate.
      if ((this.trained as unknown as { stopTraining_: boolean }).stopTraining_) return;
      throw new Error(`BestWeights: monitor: expected one of ${Object.keys(logs).join(', ')}, received '${monitor}'.`);
    }
    if (!siblingsOn(this.trained!).every((sibling) => sibling.isFinished)) return;
    const sign = mode === 'max' || (mode === 'auto' && /(^|_)acc(uracy)?$/i.test(monitor)) ? -1 : 1;
    const isBetter = !this.best || sign * value < sign * this.best.value - minDelta;
    if (isBetter && Number.isFinite(value)) {
      dispose(this.best?.weights ?? []);
      const weights = this.trained!.weights.map((weight) => keep(clone(weight.read())));
      this.best = { value, epoch, weights };
      this.wait = 0;
    } else if (++this.wait >= patience) {
      this.trained!.stopTraining = true;
    }
  }

  /** Through the variables, not setWeights(), so that no constraint is applied. */
  private restore(): void {
    if (!this.best) {
      console.warn(
        `BestWeights: no epoch had a finished model and a finite ${this.options.monitor}, so the model keeps the last weights. ` +
          'Finish earlier (endStep, epochsPerStep), or train for more epochs.',
      );
      return;
    }
    const { weights, epoch, value } = this.best;
    for (const [i, weight] of this.trained!.weights.entries()) (weight.read() as Variable).assign(weights[i]);
    if (this.options.verbose > 0) {
      console.log(
        `BestWeights: the weights of epoch ${epoch + 1} (${this.options.monitor} ${value.toPrecision(4)}) are restored`,
      );
    }
  }

  protected override forget(): void {
    super.forget();
    dispose(this.best?.weights ?? []);
    this.best = undefined;
  }
}
