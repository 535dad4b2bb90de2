import { worker, workerEmit } from 'workerpool';
import { runTrial } from '../runTrial.js';
import type { SearchJob, TrialOutcome, TrialSpec } from '../types.js';
import { versionsOf } from './jobModule.js';
import { loadShared } from './loadJob.js';
import type { SharedJob } from './SharedJob.js';

/** What a process is sent for a trial. */
export interface TrialRequest {
  job: SharedJob;
  spec: TrialSpec;
  parentFile?: Uint8Array;
}

/** What it answers: `error` says why it cannot run any trial. */
export type TrialAnswer = { outcome: TrialOutcome } | { error: string };

// Ctrl-C reaches every process of the terminal. The parent decides what becomes of
// trials.
process.on('SIGINT', () => {});

let loaded: Promise<SearchJob> | undefined;

worker({
  async runTrial({ job, spec, parentFile }: TrialRequest): Promise<TrialAnswer> {
    let search: SearchJob;
    try {
      // A process that takes the place of a dead one would load what was saved meanwhile.
      if (versionsOf(job.path).module !== job.versions.module)
        throw new Error(`${job.path}: was changed while the search was running.`);
      loaded ??= loadShared(job);
      search = await loaded;
    } catch (error) {
      loaded = undefined;
      return { error: (error as Error).message };
    }
    const onProgress = (progress: number) => workerEmit({ progress });
    // So that a process that dies of a trial is told from one that cannot run any.
    onProgress(0);
    return { outcome: await runTrial(search, spec, parentFile, { onProgress }) };
  },
});
