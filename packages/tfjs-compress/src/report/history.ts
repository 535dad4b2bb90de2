import { check } from '@tfjs-compress/math/internal';

/**
 * What model.fit returns, or its `history` alone: a list of numbers by key, one for each
 * epoch.
 */
export type TrainingHistory = { history: object } | object;

/** One or more trainings in a row. */
export interface Training {
  epochs: number;
  /** The epoch before which each training but the first begins. */
  boundaries: number[];
  /** By key, the epochs (the first is 1) and their values. */
  series: Map<string, { epoch: number; value: number }[]>;
}

/**
 * Trainings in a row as one; values that are no numbers are left out. Throws an
 * ArgumentError for what is no history.
 */
export function joinHistories(histories: TrainingHistory | readonly TrainingHistory[]): Training {
  const training: Training = { epochs: 0, boundaries: [], series: new Map() };
  for (const each of Array.isArray(histories) ? histories : [histories]) {
    const isHistory = typeof each === 'object' && each !== null;
    check(isHistory, 'history', 'what model.fit returned, or a list of that', each);
    const history = ('history' in each ? each.history : each) as Record<string, unknown>;
    const start = training.epochs;
    if (start > 0) training.boundaries.push(start + 1);
    for (const [key, values] of Object.entries(history)) {
      if (!Array.isArray(values)) continue;
      const points = training.series.get(key) ?? [];
      training.series.set(key, points);
      values.forEach((value, i) => {
        if (typeof value === 'number' && Number.isFinite(value)) points.push({ epoch: start + i + 1, value });
      });
      training.epochs = Math.max(training.epochs, start + values.length);
    }
  }
  return training;
}
