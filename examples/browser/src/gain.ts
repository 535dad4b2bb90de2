import recorded from '../../../benchmarks/live/results/run.json';
import { kilobytes, percent } from './format.js';
import { byId, make } from './parts.js';

/** What one gains, from `node benchmarks/live/run.mjs`: this page's own runs, driven by a program. */
export function gain(): void {
  const { before, after, processorSeconds, runs, browser } = recorded;
  byId('hero-size').textContent = `${Math.round(after.bytes / 1024)} KB`;
  const rows = [
    ['Model', kilobytes(before.bytes), kilobytes(after.bytes)],
    ['Code, gzipped', kilobytes(before.code), kilobytes(after.code)],
    ['Right answers', percent(before.accuracy), percent(after.accuracy)],
  ];
  for (const [name, ...values] of rows)
    byId('gain').append(
      make('tr', {}, make('th', { scope: 'row' }, name), ...values.map((value) => make('td', {}, value))),
    );
  const time = `${Math.round(processorSeconds)} s of processor time`;
  byId('gain-note').textContent =
    `Medians of ${runs} runs in ${browser}, ${time} each. Before: float32 in TensorFlow.js, when pruning begins.`;
}
