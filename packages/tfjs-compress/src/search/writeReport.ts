import { unpack } from '@tfjs-compress/format';
import type { SearchRun } from './runSearch.js';
import type { TrialStore } from './types.js';

/** report.html, of the best model and of all trials. */
export async function writeReport(store: TrialStore, run: SearchRun): Promise<void> {
  const { best, trials, baseline } = run;
  const file = store.write && best && (await store.model(best.id));
  if (!file) return;
  const { makeReport } = await import('tfjs-compress/report');
  const { html } = await makeReport(unpack(file), {
    title: 'Compressed model',
    search: { trials, baseline, best: best.id },
  });
  await store.write!('report.html', html);
}
