import type { Logs } from '@tensorflow/tfjs-layers';

export interface EpochReport {
  /** Epochs finished. */
  epoch: number;
  /** Epochs in all. */
  epochs: number;
  secondsPerEpoch: number;
  logs: Logs;
}

/**
 * `epoch 3/8  [#######-----------]  step 2/4, 75.0% quantized  loss 0.0123  val_acc 0.981  12 s left`
 */
export function logEpoch({ epoch, epochs, secondsPerEpoch, logs }: EpochReport, what: string): string {
  const width = 20;
  const done = Math.round((epoch / epochs) * width);
  const bar = `[${'#'.repeat(done)}${'-'.repeat(width - done)}]`;
  const figures = ['loss', 'acc', 'val_loss', 'val_acc']
    .filter((key) => typeof logs[key] === 'number')
    .map((key) => `${key} ${logs[key].toPrecision(3)}`);
  const left = epoch < epochs ? [`${formatSeconds(secondsPerEpoch * (epochs - epoch))} left`] : [];
  return [`epoch ${epoch}/${epochs}`, bar, what, ...figures, ...left].join('  ');
}

/** 12 s, 3 min 20 s, 2 h 5 min */
export function formatSeconds(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
