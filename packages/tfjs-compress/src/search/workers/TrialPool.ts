import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pool as makePool, type Pool } from 'workerpool';
import type { TrialOptions, TrialOutcome, TrialSpec } from '../types.js';
import { LineReader } from './LineReader.js';
import type { SharedJob } from './SharedJob.js';
import type { TrialAnswer, TrialRequest } from './trialProcess.js';

/** How often a trial is begun whose processes die. */
const maxAttempts = 3;

export interface TrialPoolArgs extends SharedJob {
  /** How many processes. They are started when there are trials for them. */
  processes: number;
  /** Gets what the processes print, line by line, and word of those that die. */
  onLine: (line: string) => void;
  /** The built trialProcess.ts. Default: beside this file's bundle. */
  script?: string;
}

/**
 * Processes of this machine that run trials. One that is killed, or out of memory, takes
 * its trial with it and nothing else: the trial is begun again in a new process.
 */
export class TrialPool {
  private pool?: Pool;

  constructor(private readonly args: TrialPoolArgs) {}

  /**
   * Runs a trial.
   *
   * @returns A failed trial if its process has died three times.
   * @throws Error The signal's reason when it is aborted; another when the processes
   *   cannot run any trial, as when the module cannot be loaded.
   */
  async run(spec: TrialSpec, parentFile: Uint8Array | undefined, options: TrialOptions = {}): Promise<TrialOutcome> {
    const start = performance.now();
    for (let attempt = 1; ; ) {
      options.signal?.throwIfAborted();
      let hasBegun = false;
      const onBegin = () => {
        hasBegun = true;
      };
      try {
        const answer = await this.send(spec, parentFile, options, onBegin);
        if ('error' in answer) throw new Error(answer.error);
        return answer.outcome;
      } catch (error) {
        options.signal?.throwIfAborted();
        const { message } = error as Error;
        // A process that died while it had nothing to do: the trial was not begun.
        const isIdle = message === 'Worker is terminated';
        if (!isIdle) {
          if (!message.startsWith('Workerpool Worker')) throw error;
          const reason = reasonOf(message);
          this.args.onLine(`trial ${spec.id}: its process has ended (${reason})`);
          if (attempt++ === maxAttempts) {
            if (!hasBegun) throw new Error(`processes for trials end before they run any (${reason}).`);
            const seconds = (performance.now() - start) / 1000;
            const text = `its process has ended ${maxAttempts} times (${reason})`;
            return { result: { id: spec.id, spec, seconds, status: 'failed', error: text } };
          }
        }
        // The pool strikes the dead process off its list after it has said that it is
        // dead.
        await setImmediate();
      }
    }
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    // A process that died with nothing to do never answers: it is not waited for.
    await pool?.terminate(true, 2000).catch(() => undefined);
  }

  private async send(
    spec: TrialSpec,
    parentFile: Uint8Array | undefined,
    { signal, onProgress }: TrialOptions,
    onBegin: () => void,
  ): Promise<TrialAnswer> {
    const { processes, onLine, script, ...job } = this.args;
    this.pool ??= makePool(script ?? fileURLToPath(new URL('trial.js', import.meta.url)), {
      workerType: 'process',
      maxWorkers: processes,
      emitStdStreams: true,
      workerTerminateTimeout: 200,
      forkOpts: { serialization: 'advanced' },
    });
    const request: TrialRequest = { job, spec, parentFile };
    const reader = new LineReader(onLine);
    const on = (payload: { stdout?: string; stderr?: string; progress?: number }) => {
      if (payload.progress === 0) onBegin();
      if (payload.progress !== undefined) onProgress?.(payload.progress);
      reader.write(payload.stdout ?? payload.stderr ?? '');
    };
    const running = this.pool.exec('runTrial', [request], { on });
    const cancel = () => {
      // Not returned: an event's listener must not return a promise that is rejected.
      running.cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return (await running) as TrialAnswer;
    } finally {
      signal?.removeEventListener('abort', cancel);
      reader.end();
    }
  }
}

function reasonOf(message: string): string {
  const [, signal] = /signalCode: `(\w+)`/.exec(message) ?? [];
  const [, code] = /exitCode: `(\w+)`/.exec(message) ?? [];
  if (signal && signal !== 'null') return signal === 'SIGKILL' ? 'killed, or out of memory' : signal;
  return code ? `exit code ${code}` : message;
}
