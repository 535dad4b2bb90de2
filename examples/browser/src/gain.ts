import recorded from '../../../benchmarks/live/results/run.json';
import { kilobytes, percent } from './format.js';
import { byId, make } from './parts.js';

/** What one gains, from `node benchmarks/live/run.mjs`: this page's own runs, driven by a program. */
export function gain(): void {
  const { before, after, seconds, runs, browser } = recorded;
  byId('hero-size').textContent = `${Math.round(after.bytes / 1024)} KB`;
  const rows = [
    ['The model', kilobytes(before.bytes), kilobytes(after.bytes)],
    ['The code that runs it, gzipped', kilobytes(before.code), kilobytes(after.code)],
    ['Right answers on test pictures', percent(before.accuracy), percent(after.accuracy)],
  ];
  for (const [name, ...values] of rows)
    byId('gain').append(
      make('tr', {}, make('th', { scope: 'row' }, name), ...values.map((value) => make('td', {}, value))),
    );
  byId('gain-note').textContent =
    `Medians of ${runs} runs in ${browser}, which took ${Math.round(seconds)} s each. Before: float32 in TensorFlow.js.`;
}
