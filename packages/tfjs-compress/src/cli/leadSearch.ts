import { join } from 'node:path';
import { FolderStore } from '../search/FolderStore.js';
import { InlineRunner } from '../search/InlineRunner.js';
import { runSearch, type SearchRun } from '../search/runSearch.js';
import { searchFingerprint } from '../search/searchFingerprint.js';
import { type SearchOptions, searchOptionNames } from '../search/searchOptions.js';
import type { Runner, SearchJob } from '../search/types.js';
import { versionsOf } from '../search/workers/jobModule.js';
import { loadJob } from '../search/workers/loadJob.js';
import { PoolRunner } from '../search/workers/PoolRunner.js';
import { QueueRunner } from '../search/workers/QueueRunner.js';
import { say } from './say.js';

/** Of the command, as it was given. */
export interface LeadOptions extends SearchOptions {
  output: string;
  workers?: number;
  queue?: string;
  name: string;
  lostAfter: number;
}

/** Leads the search of a job module. Returns what to print. */
export async function leadSearch(path: string, options: LeadOptions, signal: AbortSignal): Promise<string> {
  if (options.workers !== undefined && options.queue !== undefined)
    throw new Error('--workers: cannot be combined with --queue. Start workers with tfjs-compress worker.');
  const given = searchOptionNames.filter((name) => options[name] !== undefined);
  const job = await loadJob(path, Object.fromEntries(given.map((name) => [name, options[name]])));
  const runner = await makeRunner(path, job, options);
  try {
    const store = new FolderStore(options.output);
    const run = await runSearch(job, { store, runner, signal });
    if (runner instanceof QueueRunner && run.stopped !== 'signal') await runner.end();
    return summary(run, options.output);
  } finally {
    await runner.close();
  }
}

async function makeRunner(path: string, job: SearchJob, options: LeadOptions): Promise<Runner> {
  const { workers, queue: url, name, lostAfter } = options;
  if (workers === undefined && url === undefined) return new InlineRunner(job);
  const versions = versionsOf(path);
  const common = { path, versions, options: job.options, fingerprint: await searchFingerprint(job) };
  if (url === undefined) return new PoolRunner({ ...common, processes: workers!, onLine: say });
  return QueueRunner.open({ ...common, url, name, lostAfter, report: say });
}

function summary({ best, isWithin, baseline, trials, stopped }: SearchRun, output: string): string {
  const failed = trials.filter(({ status }) => status === 'failed').length;
  const count = `${trials.length} trials${failed ? `, ${failed} of them failed` : ''}`;
  const end = stopped === 'signal' ? ' (stopped)' : stopped === 'time' ? ' (time is up)' : '';
  if (!best) return `${output}: ${count}${end}, no model yet`;
  const figures = ({ sizeBytes, score }: { sizeBytes: number; score: number }) =>
    `${sizeBytes} bytes, score ${Number(score.toPrecision(4))}`;
  const lines = [
    `${join(output, 'best.tfz')}: ${figures(best)}`,
    `given model: ${figures(baseline)}`,
    `${count}${end}${isWithin ? '' : '; none is within the goal'}`,
  ];
  return lines.join('\n');
}
