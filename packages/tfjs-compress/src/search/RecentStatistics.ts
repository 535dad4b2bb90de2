import { CustomCallback, type LayersModel, type layers } from '@tensorflow/tfjs-layers';

/** Fewer batches make no statistics. */
const fewestSteps = 10;

type Normalization = layers.Layer & { momentum: number };

/**
 * Lets the moving averages of batch normalization forget what the model was before the
 * last epoch of a training (or the last ten steps, as whole epochs, where an epoch has
 * fewer). With Keras's momentum of .99, they are those of some hundred steps ago, which
 * in a short training are those of another model: before it was quantized.
 */
export class RecentStatistics extends CustomCallback {
  private found: { layer: Normalization; momentum: number }[] = [];
  private epoch = 0;
  private stepsPerEpoch = 0;
  /** Of the average, so far; undefined before it begins. */
  private step: number | undefined;

  constructor() {
    super(
      {
        onEpochBegin: async (epoch) => {
          this.epoch = epoch;
          if (this.step === undefined && this.isLate()) this.step = 0;
          this.stepsPerEpoch = 0;
        },
        onBatchBegin: async () => {
          this.stepsPerEpoch++;
          if (this.step === undefined) return;
          // The mean of all batches since it began, as long as that forgets faster.
          const mean = this.step / (this.step + 1);
          for (const { layer, momentum } of this.found) layer.momentum = Math.min(momentum, mean);
          this.step++;
        },
        onTrainEnd: async () => {
          for (const { layer, momentum } of this.found) layer.momentum = momentum;
        },
      },
      'never',
    );
  }

  override setModel(model: LayersModel): void {
    super.setModel(model);
    this.found = normalizationsOf(model).map((layer) => ({ layer, momentum: layer.momentum }));
  }

  private isLate(): boolean {
    const left = (this.params as { epochs: number }).epochs - this.epoch;
    return left === 1 || (this.stepsPerEpoch > 0 && left * this.stepsPerEpoch <= fewestSteps);
  }
}

function normalizationsOf(model: { layers: layers.Layer[] }): Normalization[] {
  return model.layers.flatMap((layer) => {
    if (layer.getClassName() === 'BatchNormalization') return [layer as Normalization];
    return 'layers' in layer ? normalizationsOf(layer as layers.Layer & { layers: layers.Layer[] }) : [];
  });
}
