import { unpack } from '@tfjs-compress/format';
import type { SearchRun } from './runSearch.js';
import type { TrialStore } from './types.js';

/** report.html, of the best model and of all trials. */
export async function writeReport(store: TrialStore, run: SearchRun): Promise<void> {
  const { best, trials, baseline } = run;
  const file = store.write && best && (await store.model(best.id));
  if (!file) return;
  try {
    const { makeReport } = await import('tfjs-compress/report');
    const search = { trials, baseline, best: best.id };
    const { html } = await makeReport(unpack(file), { title: 'Compressed model', search });
    await store.write!('report.html', html);
  } catch (error) {
    // The result of hours must not be lost for its figures.
    console.warn(`search: report.html could not be written: ${(error as Error).message}`);
  }
}
