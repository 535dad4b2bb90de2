import { checkInteger } from '@tfjs-compress/math/internal';

/** What fit tells its callbacks of itself. */
export interface FitParams {
  epochs?: number;
  samples?: number;
  steps?: number;
  batchSize?: number;
}

/**
 * Where a training is: epochs and optimizer steps, counted from the beginning of the
 * plan, pauses left out.
 */
export class TrainingClock {
  /** Optimizer steps begun. */
  stepsBegun: number;
  /** Epochs finished. */
  epochsDone: number;
  /** Epochs finished before this fit. */
  readonly epochsBefore: number;
  /** Epochs of the whole training. */
  readonly epochs: number;
  /** Optimizer steps in an epoch; undefined for a dataset of unknown size. */
  readonly stepsPerEpoch: number | undefined;
  private batchesInEpoch = 0;
  private readonly startTime = Date.now();

  /**
   * @param initialEpoch The first epoch of this fit. Whoever goes on may count epochs
   *   from where the pause was, or from 0: what is left to run is the same.
   * @param before What an earlier fit had done.
   */
  constructor(params: FitParams, initialEpoch: number, before = { epochsDone: 0, step: 0 }) {
    const { epochs = 0, samples, steps, batchSize } = params;
    checkInteger(epochs, 'setParams: epochs', 1);
    this.stepsBegun = before.step;
    this.epochsDone = this.epochsBefore = before.epochsDone;
    this.epochs = before.epochsDone + epochs - initialEpoch;
    this.stepsPerEpoch = steps ?? (samples ? Math.ceil(samples / (batchSize ?? 32)) : undefined);
  }

  beginEpoch(): void {
    this.batchesInEpoch = 0;
  }

  beginBatch(): void {
    this.batchesInEpoch++;
  }

  /** Optimizer steps of the whole training; undefined where nobody knows. */
  get totalSteps(): number | undefined {
    return this.stepsPerEpoch === undefined ? undefined : this.epochs * this.stepsPerEpoch;
  }

  get isLastEpoch(): boolean {
    return this.epochsDone === this.epochs - 1;
  }

  /** Where the size of an epoch is known. */
  get isLastBatch(): boolean {
    return this.batchesInEpoch === this.stepsPerEpoch;
  }

  get secondsPerEpoch(): number {
    return (Date.now() - this.startTime) / 1000 / (this.epochsDone - this.epochsBefore);
  }
}
