import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';
import type { Start } from './Start.js';
import { seededRandom } from './seededRandom.js';
import type { Train } from './types.js';

/**
 * Optimizer steps of an epoch of `train`, which is stopped after its first batch; after
 * the first epoch, where fit does not say it before. Undefined where the training fails
 * or leaves its callbacks out: its trials will say so.
 */
export async function stepsPerEpoch(
  start: Start,
  train: Train,
  seed: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { model, dispose } = await start.copy();
  const counter = new StepCounter();
  try {
    await seededRandom(seed, async () =>
      train(model, { epochs: 1, callbacks: [counter], stage: 'surgery', seed, signal }),
    );
  } catch {
    // A wrong training is not this function's to report.
  } finally {
    dispose();
  }
  return counter.steps;
}

class StepCounter extends CustomCallback {
  steps: number | undefined;
  private batches = 0;
  private trained: LayersModel | undefined;

  constructor() {
    super(
      {
        onBatchEnd: async () => {
          this.batches++;
          const { steps, samples, batchSize } = this.params as unknown as Record<string, number | null | undefined>;
          this.steps = steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : undefined);
          if (this.steps !== undefined && this.trained) this.trained.stopTraining = true;
        },
        onEpochEnd: async () => {
          this.steps ??= this.batches;
        },
      },
      'never',
    );
  }

  override setModel(model: LayersModel): void {
    this.trained = model;
  }
}
