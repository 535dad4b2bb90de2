import * as tfl from '@tensorflow/tfjs-layers';
import { trainedModel, type WatchedCallback, watch } from './fits.js';

/**
 * A callback that compresses nothing and has its place among those that do. Each hook
 * does nothing by default.
 */
export abstract class TrainingAid extends tfl.CustomCallback implements WatchedCallback {
  abstract readonly label: string;
  abstract readonly priority: number;
  /** The model of the fit. */
  protected trained: tfl.LayersModel | undefined;

  protected constructor(hooks: tfl.CustomCallbackArgs = {}) {
    super(hooks, 'never');
    watch(this);
  }

  override setModel(model: tfl.LayersModel): void {
    this.forget();
    this.trained = trainedModel(model);
  }

  async open(_epoch: number): Promise<void> {}

  checkPlan(): void {}

  async epochTrained(): Promise<void> {}

  async close(): Promise<void> {
    this.forget();
  }

  async abandon(): Promise<void> {
    this.forget();
  }

  /** Frees what a fit needed. */
  protected forget(): void {
    this.trained = undefined;
  }

  /** Steps of an epoch; undefined for a dataset of unknown size. */
  protected get stepsPerEpoch(): number | undefined {
    const { steps, samples, batchSize = 32 } = this.params as Record<string, number | undefined>;
    return steps ?? (samples ? Math.ceil(samples / batchSize) : undefined);
  }
}
