import * as tf from '@tensorflow/tfjs-core';
import { check, resolveOptions } from '@tfjs-compress/math/internal';
import type { NamedTensor } from './hookUpdates.js';
import { TrainingAid } from './TrainingAid.js';
import { hookValidation } from './validation.js';

export interface AveragedWeightsArgs {
  /** Part of the average that each optimizer step leaves, 0 to below 1. Default 0.999. */
  decay?: number;
  /**
   * Let younger weights count more at first: step n, counted from 0, leaves at most (1 +
   * n) / (10 + n), as TensorFlow's ExponentialMovingAverage does. Default true; false is
   * what Keras and PyTorch do.
   */
  rampUp?: boolean;
}

/**
 * Averages the weights that are trained, exponentially over the optimizer steps (Polyak
 * and Juditsky, 1992): the first step sets the average, each further one makes it decay ·
 * average + (1 − decay) · weights, as Keras' `use_ema` and PyTorch's
 * `get_ema_multi_avg_fn` do. The optimizer goes on with its own weights. From the last
 * batch of an epoch to the first of the next the model holds the average: validation,
 * callbacks at an epoch's end (BestWeights, one that saves) and whoever uses the model
 * after fit get it. Statistics of batch normalization stay those of the last step, as in
 * both.
 *
 * Beside SurgeryCallback and INQScheduler what is pruned stays 0 and what is quantized
 * keeps its level; their last steps at an epoch's end are taken on the average.
 *
 * @throws ArgumentError for an option.
 * @example
 * await model.fit(x, y, { epochs: 20, validationSplit: 0.1, callbacks: [new AveragedWeights({ decay: 0.999 })] });
 */
export class AveragedWeights extends TrainingAid {
  readonly label = 'AveragedWeights';
  /**
   * Before those that compress: an epoch's last step of theirs then works on the average.
   */
  readonly priority = -1;
  private readonly options: Required<AveragedWeightsArgs>;
  private averages: tf.Tensor[] | undefined;
  /** The optimizer's weights, while the model holds the average. */
  private own: tf.Tensor[] | undefined;
  /** Given by setWeights(), for the next fit. */
  private restored: { updates: number; own: tf.Tensor[] } | undefined;
  private updates = 0;
  private batches = 0;
  private isPending = false;
  private unhook: (() => void) | undefined;

  constructor(args: AveragedWeightsArgs = {}) {
    super({
      onEpochBegin: async () => {
        this.batches = 0;
        this.takeOut();
      },
      onBatchBegin: async () => {
        this.takeOut();
        this.isPending = true;
        this.batches++;
      },
      onEpochEnd: () => this.epochTrained(),
    });
    this.options = resolveOptions<Required<AveragedWeightsArgs>>('AveragedWeights', args, {
      decay: 0.999,
      rampUp: true,
    });
    const { decay, rampUp } = this.options;
    check(decay >= 0 && decay < 1, 'decay', 'a number from 0 to below 1', decay);
    check(typeof rampUp === 'boolean', 'rampUp', 'true or false', rampUp);
  }

  /**
   * In another callback's onEpochEnd: what a later fit needs beside the saved model,
   * which holds the average, to go on as if it had not been stopped. The number of steps,
   * then the optimizer's weights; for tf.io.encodeWeights, as those of
   * optimizer.getWeights(). The caller disposes of them.
   *
   * @throws Error at any other time.
   */
  async getWeights(): Promise<NamedTensor[]> {
    if (!this.own || !this.trained) throw new Error('AveragedWeights: getWeights() is for onEpochEnd, inside a fit.');
    const names = this.trained.trainableWeights.map(({ originalName }) => originalName);
    // Numbered, for names are keys in files.
    const own = this.own.map((tensor, i) => ({ name: `${i}/${names[i]}`, tensor: tf.clone(tensor) }));
    return [{ name: 'iter', tensor: tf.scalar(this.updates, 'int32') }, ...own];
  }

  /**
   * Before a fit that goes on: what getWeights() gave, to a model that holds the weights
   * saved with it.
   */
  async setWeights(weights: NamedTensor[]): Promise<void> {
    const areTensors = Array.isArray(weights) && weights.every((each) => each?.tensor instanceof tf.Tensor);
    check(areTensors && weights[0]?.name === 'iter', 'weights', 'what getWeights() gave', weights);
    const [updates] = await weights[0].tensor.data();
    tf.dispose(this.restored?.own ?? []);
    this.restored = { updates, own: weights.slice(1).map(({ tensor }) => tf.keep(tf.clone(tensor))) };
  }

  override async open(): Promise<void> {
    this.updates = 0;
    if (!this.restored) return;
    const { own, updates } = this.restored;
    this.restored = undefined;
    const shapes = (list: readonly { shape: tf.Tensor['shape'] }[]) => list.map(({ shape }) => `[${shape}]`).join(' ');
    const wanted = shapes(this.variables);
    if (shapes(own) !== wanted) {
      tf.dispose(own);
      check(false, 'setWeights', `weights of shapes ${wanted}`, shapes(own));
    }
    this.own = own;
    this.updates = updates;
  }

  /**
   * When all have been opened: what is under the masks of a run that goes on is there
   * again, and this comes before what others do in front of a validation.
   */
  override checkPlan(): void {
    if (this.own) this.averages = this.variables.map((each) => tf.keep(tf.clone(each)));
    this.unhook = hookValidation(this.trained!, () => this.putIn());
  }

  /** Not through super, which would read the loss back at every step. */
  override async onBatchEnd(): Promise<void> {
    this.update();
    if (this.batches === this.stepsPerEpoch) this.putIn();
  }

  override async epochTrained(): Promise<void> {
    this.putIn();
  }

  override async abandon(): Promise<void> {
    this.takeOut();
    this.forget();
  }

  private get variables(): tf.Variable[] {
    return this.trained!.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  /** One step of the average, where the optimizer has taken one since. */
  private update(): void {
    if (!this.isPending) return;
    this.isPending = false;
    const { decay, rampUp } = this.options;
    const n = this.updates++;
    const kept = rampUp ? Math.min(decay, (1 + n) / (10 + n)) : decay;
    const before = this.averages;
    this.averages = this.variables.map((variable, i) =>
      tf.keep(before ? mixed(before[i], variable, kept) : tf.clone(variable)),
    );
    tf.dispose(before ?? []);
  }

  /**
   * The average into the model. A kernel in front of a weight keeps what is pruned or
   * quantized, as from an optimizer.
   */
  private putIn(): void {
    this.update();
    if (this.own || !this.averages) return;
    const { averages, variables } = this;
    this.own = variables.map((variable) => tf.keep(tf.clone(variable)));
    variables.forEach((variable, i) => {
      variable.assign(averages[i]);
    });
  }

  /** The optimizer's weights into the model. */
  private takeOut(): void {
    const { own } = this;
    this.own = undefined;
    if (!own) return;
    this.variables.forEach((variable, i) => {
      variable.assign(own[i]);
    });
    tf.dispose(own);
  }

  protected override forget(): void {
    super.forget();
    this.unhook?.();
    this.unhook = undefined;
    tf.dispose([this.averages ?? [], this.own ?? []]);
    this.averages = this.own = undefined;
    this.isPending = false;
  }
}

/**
 * A value under a mask may be NaN (tfjs's centered RMSProp makes such); it is not to stay
 * in the average.
 */
function mixed(average: tf.Tensor, weight: tf.Tensor, kept: number): tf.Tensor {
  return tf.tidy(() => {
    const both = tf.add(tf.mul(average, kept), tf.mul(weight, 1 - kept));
    return tf.where(tf.isNaN(both), weight, both);
  });
}
