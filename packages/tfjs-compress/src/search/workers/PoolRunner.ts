import type { Runner, RunnerOptions, TrialSpec } from '../types.js';
import { TrialPool, type TrialPoolArgs } from './TrialPool.js';

/** Runs trials in processes of this machine. */
export class PoolRunner implements Runner {
  readonly parallel: number;
  private readonly pool: TrialPool;

  constructor(args: TrialPoolArgs) {
    this.parallel = args.processes;
    this.pool = new TrialPool(args);
  }

  async run(specs: readonly TrialSpec[], { signal, onResult, onProgress, parentFile }: RunnerOptions): Promise<void> {
    const waiting = [...specs];
    const failure = new AbortController();
    const any = AbortSignal.any([signal, failure.signal]);
    const lane = async () => {
      for (let spec = waiting.shift(); spec && !any.aborted; spec = waiting.shift()) {
        const { id } = spec;
        const options = { signal: any, onProgress: (fraction: number) => onProgress?.(id, fraction) };
        await onResult(await this.pool.run(spec, await parentFile(spec), options));
      }
    };
    const lanes = Array.from({ length: this.parallel }, () =>
      lane().catch((error) => {
        // What was not finished is left out; the others have no part in one's failure.
        if (!any.aborted) failure.abort(error);
      }),
    );
    await Promise.all(lanes);
    failure.signal.throwIfAborted();
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
