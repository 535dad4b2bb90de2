import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { eachLayer } from '@tfjs-compress/layers/internal';
import { check } from '@tfjs-compress/math/internal';
import { TrainingAid } from './TrainingAid.js';

/** Fewer batches make no statistics. */
const fewestSteps = 10;

type Normalization = layers.Layer & { momentum: number };

/**
 * Lets the moving mean and variance of batch normalization forget what was before the
 * last epoch (the last ten steps, as whole epochs, where an epoch has fewer): each is
 * the plain mean over the epoch's batches, as long as that forgets faster than the
 * layer's momentum. With Keras' momentum of .99 they are those of some hundred steps
 * ago, which in a short training are those of another model: before it was pruned or
 * rounded. PreciseBN (Wu and Johnson, arXiv:2105.07576, section 3) averages after a
 * training, with the weights as they are then; a fit of one epoch at learning rate 0
 * with this callback does so.
 *
 * INQ's last step comes after the last batch: give it epochsPerStep, so that its plan
 * ends an epoch before the fit. A layer's momentum is what it was after the fit. Nothing
 * happens in a fit that is stopped before its last epoch, nor to layers that are not
 * trainable, alone or with a model around them.
 *
 * ```js
 * await model.fit(x, y, { epochs: 4, callbacks: [new INQScheduler({ epochsPerStep: 1 }), new RecentStatistics()] });
 * ```
 *
 * @throws ArgumentError when it is given options: it has none.
 */
export class RecentStatistics extends TrainingAid {
  readonly label = 'RecentStatistics';
  readonly priority = -2;
  private found: { layer: Normalization; momentum: number }[] = [];
  private epoch = 0;
  private stepsInEpoch = 0;
  /** Of the average, so far; undefined before it begins. */
  private step: number | undefined;

  constructor(...none: never[]) {
    super({
      onEpochBegin: (epoch) => {
        this.epoch = epoch;
        if (this.step === undefined && this.isLate()) this.step = 0;
        this.stepsInEpoch = 0;
      },
      onBatchBegin: () => {
        this.stepsInEpoch++;
        if (this.step === undefined) return;
        // The mean of all batches since it began, as long as that forgets faster.
        const mean = this.step / (this.step + 1);
        for (const { layer, momentum } of this.found) layer.momentum = Math.min(momentum, mean);
        this.step++;
      },
    });
    check(none.length === 0, 'RecentStatistics', 'no options', none[0]);
  }

  override async open(): Promise<void> {
    this.found = normalizationsOf(this.trained!).map((layer) => ({ layer, momentum: layer.momentum }));
    this.stepsInEpoch = 0;
    this.step = undefined;
  }

  protected override forget(): void {
    super.forget();
    for (const { layer, momentum } of this.found) layer.momentum = momentum;
    this.found = [];
  }

  private isLate(): boolean {
    const left = (this.params as { epochs: number }).epochs - this.epoch;
    return left === 1 || (this.stepsInEpoch > 0 && left * this.stepsInEpoch <= fewestSteps);
  }
}

/** Those that learn: the user froze the others with their statistics. */
function normalizationsOf(model: LayersModel): Normalization[] {
  const found: Normalization[] = [];
  eachLayer(model, (chain) => {
    const layer = chain[chain.length - 1];
    const learns = chain.every(({ trainable }) => trainable !== false);
    if (learns && layer.getClassName() === 'BatchNormalization') found.push(layer as Normalization);
  });
  return found;
}
