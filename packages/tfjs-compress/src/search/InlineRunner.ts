import { runTrial } from './runTrial.js';
import type { Runner, RunnerOptions, SearchJob, TrialSpec } from './types.js';

/** Runs trials in this process, one after the other. */
export class InlineRunner implements Runner {
  readonly parallel = 1;

  constructor(private readonly job: SearchJob) {}

  async run(specs: readonly TrialSpec[], { signal, onResult, onProgress, parentFile }: RunnerOptions): Promise<void> {
    for (const spec of specs) {
      if (signal.aborted) return;
      try {
        const report = (fraction: number) => onProgress?.(spec.id, fraction);
        await onResult(await runTrial(this.job, spec, await parentFile(spec), { signal, onProgress: report }));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async close(): Promise<void> {}
}
