import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';
import { TrainingAid } from './TrainingAid.js';

/** Fewer batches make no statistics. */
const fewestSteps = 10;

type Normalization = layers.Layer & { momentum: number };

/**
 * Makes the moving mean and variance of batch normalization those of the last epoch: each
 * is the plain mean over its batches (of the last ten steps, as whole epochs, where an
 * epoch has fewer). With Keras' momentum of .99 they are those of some hundred steps ago,
 * which in a short training are those of another model: before it was pruned or rounded.
 * PreciseBN (Wu and Johnson, arXiv:2105.07576, section 3) does the same after a training,
 * with the weights as they are then.
 *
 * A layer's momentum is what it was after the fit. Nothing happens in a fit that is
 * stopped before its last epoch, and to layers that are not trainable.
 *
 * ```js
 * await model.fit(x, y, { epochs: 6, callbacks: [new INQScheduler({ epochsPerStep: 1 }), new RecentStatistics()] });
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

function normalizationsOf(model: Pick<LayersModel, 'layers'>): Normalization[] {
  return model.layers.flatMap((layer) => {
    if (layer.getClassName() === 'BatchNormalization') return [layer as Normalization];
    return 'layers' in layer ? normalizationsOf(layer as layers.Layer & Pick<LayersModel, 'layers'>) : [];
  });
}
