import recorded from '../../../benchmarks/live/results/run.json';
import type { CodeSizes } from './draw/codeSizes.js';
import { kilobytes, percent } from './format.js';
import { byId, make } from './parts.js';

/**
 * What one gains, from `node benchmarks/live/run.mjs`: this page's own runs, driven by a
 * program. The bytes of code are those of this build, where it has measured them.
 */
export function gain(sizes: Promise<CodeSizes | null>): void {
  const { before, after, processorSeconds, runs, browser } = recorded;
  byId('hero-size').textContent = `${Math.round(after.bytes / 1024)} KB`;
  const row = (name: string, ...values: string[]) => {
    const cells = values.map((value) => make('td', {}, value));
    byId('gain').append(make('tr', {}, make('th', { scope: 'row' }, name), ...cells));
    return cells;
  };
  row('Model', kilobytes(before.bytes), kilobytes(after.bytes));
  const [tfjs, runtime] = row('Code, gzipped', kilobytes(before.code), kilobytes(after.code));
  row('Right answers', percent(before.accuracy), percent(after.accuracy));
  sizes.then((built) => {
    if (!built) return;
    tfjs.textContent = kilobytes(built.tfjs);
    runtime.textContent = kilobytes(built.runtime);
  });
  const time = `${Math.round(processorSeconds)} s of processor time`;
  byId('gain-note').textContent =
    `Medians of ${runs} runs in ${browser}, ${time} each. Before: float32 in TensorFlow.js, when pruning begins.`;
}
