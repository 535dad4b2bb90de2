import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';
import { INQScheduler, RecentStatistics, SurgeryCallback } from '@tfjs-compress/callbacks';
import { LearningRate } from './LearningRate.js';
import type { Plan, Train, TrialSpec } from './types.js';

/**
 * Trains a model as a trial's spec says: with a SurgeryCallback, then with an
 * INQScheduler.
 *
 * @param onEpoch Called after each epoch with the number of those done, in both stages.
 * @throws Error when `train` fails, trains nothing, or leaves the callbacks out.
 */
export async function trainStages(
  train: Train,
  model: LayersModel,
  { plan, epochs, saveBits, seed }: Pick<TrialSpec, 'plan' | 'epochs' | 'saveBits' | 'seed'>,
  signal: AbortSignal | undefined,
  onEpoch: (done: number) => void,
): Promise<void> {
  const pruned = pick(plan, ({ sparsity }) => sparsity > 0, 'sparsity', 'targetSparsity');
  const quantized = pick(plan, ({ bits }) => bits < 32, 'bits', 'bits');
  const held = pick(plan, ({ bits, sparsity }) => bits === 32 && sparsity > 0, 'sparsity', 'targetSparsity');
  // Weights that are 0 in a model of an earlier trial were pruned there.
  const common = { seed, keepZeros: true, verbose: 0 } as const;
  if (epochs.surgery > 0) {
    await stage(
      'surgery',
      epochs.surgery,
      epochs.surgery,
      pruned ? [new SurgeryCallback({ ...common, ...pruned })] : [],
    );
  }
  if (epochs.quantize > 0) {
    // Zeros of kernels that are not quantized are fixed after one step, and INQ begins
    // with the epoch after that.
    const hold = held ? [new SurgeryCallback({ ...common, ...held, endStep: 1 })] : [];
    const steps = stepsFor(epochs.quantize - hold.length);
    const inqArgs = { range: 'leastError', steps, saveBits: steps.length > 1 ? saveBits : 0 } as const;
    const inq = quantized ? [new INQScheduler({ ...common, ...quantized, ...inqArgs })] : [];
    const methods = [...hold, ...inq, new RecentStatistics()];
    await stage('quantize', epochs.quantize, epochs.quantize / Math.max(1, steps.length - 1), methods);
  }

  async function stage(name: 'surgery' | 'quantize', length: number, period: number, methods: object[]): Promise<void> {
    const before = name === 'quantize' ? epochs.surgery : 0;
    const watch = new Watch(signal, (done) => onEpoch(before + done));
    const callbacks = [...methods, new LearningRate(period), watch];
    await train(model, { epochs: length, callbacks, stage: name, seed, signal });
    signal?.throwIfAborted();
    if (watch.epochsDone > 0) return;
    throw new Error(
      'train: expected it to train the model with the callbacks it is given, as ' +
        'model.fit(x, y, { epochs, callbacks }) does, and to wait for that; received no epoch of training.',
    );
  }
}

/** Counts epochs, and ends a training whose search is over. */
class Watch extends CustomCallback {
  epochsDone = 0;
  private trained: LayersModel | undefined;

  constructor(signal: AbortSignal | undefined, onEpoch: (done: number) => void) {
    super(
      {
        // An error here would leave tensors of tfjs's fit behind.
        onBatchEnd: async () => {
          if (signal?.aborted && this.trained) this.trained.stopTraining = true;
        },
        onEpochEnd: async () => {
          this.epochsDone++;
          onEpoch(this.epochsDone);
        },
      },
      'never',
    );
  }

  override setModel(model: LayersModel): void {
    this.trained = model;
  }
}

/** A callback's `include` and `overrides`; undefined when no kernel is asked for. */
function pick(
  plan: Plan,
  isWanted: (kernel: Plan[string]) => boolean,
  key: keyof Plan[string],
  option: string,
): { include: string[]; overrides: Record<string, object> } | undefined {
  const wanted = Object.entries(plan).filter(([, kernel]) => isWanted(kernel));
  if (wanted.length === 0) return undefined;
  const overrides = Object.fromEntries(wanted.map(([path, kernel]) => [path, { [option]: kernel[key] }]));
  return { include: wanted.map(([path]) => path), overrides };
}

/** Finer steps lose less, and each but the last takes an epoch or more. */
function stepsFor(epochs: number): number[] {
  if (epochs >= 10) return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
  if (epochs >= 5) return [0.3, 0.5, 0.7, 0.85, 0.95, 1];
  if (epochs >= 3) return [0.5, 0.75, 0.9, 1];
  if (epochs === 2) return [0.5, 0.8, 1];
  return epochs === 1 ? [0.6, 1] : [1];
}
