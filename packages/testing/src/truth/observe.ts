import type * as tfl from '@tensorflow/tfjs-layers';
import { type HeldKernel, readKernels, type Values } from './kernels.js';

export interface EpochSeen {
  epoch: number;
  /** As a callback of the user's sees them. */
  logs: Record<string, number>;
  /** At its first batch, after what the callbacks did before it. */
  begin?: Values;
  /** At its end. */
  values: Values;
  /** Weights that became 0, and that came back, between any two batches of the epoch. */
  pruned: number;
  spliced: number;
}

export interface Observer {
  epochs: EpochSeen[];
  batches: number;
  /** To be put into `callbacks`, as it is or made an instance. */
  hooks: tfl.CustomCallbackArgs;
}

/**
 * Looks at the weights after every mask update (which comes before a batch) and at the
 * end of every epoch.
 *
 * @param isSelected Which kernels count for `pruned` and `spliced`.
 * @param onLook Told what the weights were and are, before every batch ('update') and
 *   after it.
 */
export function observe(
  kernels: HeldKernel[],
  isSelected: (path: string) => boolean,
  onEpoch: (epoch: number) => void | Promise<void> = () => {},
  onBatch: () => void = () => {},
  onLook: (moment: 'update' | 'batch', before: Values, now: Values) => void = () => {},
): Observer {
  let last = readKernels(kernels);
  let [pruned, spliced] = [0, 0];
  let begin: Values | undefined;
  const look = (moment?: 'update' | 'batch'): Values => {
    const now = readKernels(kernels);
    if (moment) onLook(moment, last, now);
    for (const [path, values] of now) {
      if (!isSelected(path)) continue;
      const before = last.get(path)!;
      for (let i = 0; i < values.length; i++) {
        if (values[i] === 0 && before[i] !== 0) pruned++;
        if (values[i] !== 0 && before[i] === 0) spliced++;
      }
    }
    last = now;
    return now;
  };
  const observer: Observer = {
    epochs: [],
    batches: 0,
    hooks: {
      onBatchBegin: async () => {
        observer.batches++;
        const values = look('update');
        begin ??= values;
      },
      onBatchEnd: async () => {
        look('batch');
        onBatch();
      },
      onEpochEnd: async (epoch, logs) => {
        const values = look();
        const numbers = Object.entries(logs ?? {}).filter(([, value]) => typeof value === 'number');
        observer.epochs.push({ epoch, logs: Object.fromEntries(numbers), begin, values, pruned, spliced });
        begin = undefined;
        [pruned, spliced] = [0, 0];
        await onEpoch(epoch);
      },
    },
  };
  return observer;
}
