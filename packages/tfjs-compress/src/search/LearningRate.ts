import type { Optimizer } from '@tensorflow/tfjs-core';
import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';
import { learningRateOf, setLearningRate } from '@tfjs-compress/callbacks/internal';

/** Of a cosine's end, as a part of its beginning. */
const lowest = 0.02;

/**
 * Lets the optimizer's learning rate fall along a cosine in each of some equal parts of a
 * training, from what it was when the training began (SGDR: Loshchilov and Hutter, ICLR
 * 2017, arXiv:1608.03983, Eq. 5). A training that sets the rate itself is left alone.
 */
export class LearningRate extends CustomCallback {
  private first: number | undefined;
  private last: number | undefined;
  private optimizer: Optimizer | undefined;
  private step = 0;
  private stepsPerEpoch = 0;
  private epoch = 0;

  /** @param epochs Of each part. */
  constructor(private readonly epochs: number) {
    super(
      {
        onEpochBegin: async (epoch) => {
          if (epoch > 0 && this.step > 0) this.stepsPerEpoch = this.step;
          this.epoch = epoch;
          this.step = 0;
        },
        onBatchBegin: async () => this.set(),
        onTrainEnd: async () => {
          if (this.optimizer && this.first && this.isOurs()) setLearningRate(this.optimizer, this.first);
        },
      },
      'never',
    );
  }

  override setModel(model: LayersModel): void {
    super.setModel(model);
    this.optimizer = model.optimizer;
    this.first = this.optimizer && learningRateOf(this.optimizer);
    this.last = this.first;
  }

  private isOurs(): boolean {
    return learningRateOf(this.optimizer!) === this.last;
  }

  private set(): void {
    if (!this.optimizer || this.first === undefined || this.last === undefined) return;
    if (!this.isOurs()) {
      this.last = undefined;
      return;
    }
    const { steps, samples, batchSize } = this.params as unknown as Record<string, number | null | undefined>;
    // Of a dataset, nobody may know before the first epoch is over.
    const stepsPerEpoch = steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : this.stepsPerEpoch);
    const inEpoch = stepsPerEpoch ? this.step / stepsPerEpoch : 0;
    this.step++;
    const done = ((this.epoch + Math.min(1, inEpoch)) % this.epochs) / this.epochs;
    setLearningRate(this.optimizer, this.first * cosine(done));
    this.last = learningRateOf(this.optimizer);
  }
}

/** From 1 to `lowest` as `done` goes from 0 to 1. */
function cosine(done: number): number {
  return lowest + ((1 - lowest) * (1 + Math.cos(Math.PI * done))) / 2;
}
