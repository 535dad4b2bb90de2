import { check, checkInteger, resolveOptions } from '@tfjs-compress/math/internal';
import { hookUpdates } from './hookUpdates.js';
import { learningRateOf, setLearningRate } from './optimizerState.js';
import { TrainingAid } from './TrainingAid.js';

export interface WarmUpArgs {
  /** Optimizer steps until the learning rate is whole. */
  steps: number;
  /** Part of the learning rate at the first step, 0 to 1. Default 0.001. */
  startFactor?: number;
}

/**
 * Lets the learning rate rise linearly over the first optimizer steps: step t, counted
 * from 0, is taken at startFactor + (1 − startFactor) · t / steps of it, as PyTorch's
 * LinearLR does (whose startFactor is ⅓; 0.001 is that of torchvision's detectors). Only
 * the step itself sees the smaller rate, so that any schedule, of epochs or of batches,
 * may stand beside it and be read as it is. A fit with initialEpoch counts from there;
 * where a dataset's size is unknown, it takes the warm-up for done.
 *
 * @throws ArgumentError for an option; Error from fit for an optimizer without a learning
 *   rate.
 * @example
 * await model.fit(x, y, { epochs: 20, callbacks: [new WarmUp({ steps: 500 })] });
 */
export class WarmUp extends TrainingAid {
  readonly label = 'WarmUp';
  readonly priority = -2;
  private readonly options: Required<WarmUpArgs>;
  private step = 0;
  private unhook: (() => void) | undefined;

  constructor(args: WarmUpArgs) {
    super();
    const defaults = { steps: undefined as unknown as number, startFactor: 0.001 };
    this.options = resolveOptions<Required<WarmUpArgs>>('WarmUp', args ?? {}, defaults);
    const { steps, startFactor } = this.options;
    checkInteger(steps, 'steps', 1);
    check(startFactor >= 0 && startFactor <= 1, 'startFactor', 'a number from 0 to 1', startFactor);
  }

  override async open(epoch: number): Promise<void> {
    const model = this.trained!;
    if (learningRateOf(model.optimizer) === undefined) {
      throw new Error(`WarmUp: expected an optimizer with a learningRate, received ${model.optimizer.getClassName()}.`);
    }
    this.step = epoch === 0 ? 0 : epoch * (this.stepsPerEpoch ?? Number.POSITIVE_INFINITY);
    this.unhook = hookUpdates(model, (gradients, apply, optimizer) => {
      const { steps, startFactor } = this.options;
      const done = this.step++ / steps;
      if (done >= 1) {
        apply(gradients);
        return;
      }
      const rate = learningRateOf(optimizer)!;
      setLearningRate(optimizer, rate * (startFactor + (1 - startFactor) * done));
      try {
        apply(gradients);
      } finally {
        setLearningRate(optimizer, rate);
      }
    });
  }

  protected override forget(): void {
    super.forget();
    this.unhook?.();
    this.unhook = undefined;
  }
}
