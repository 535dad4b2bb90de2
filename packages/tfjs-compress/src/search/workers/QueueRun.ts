import type { Job, Queue } from 'bullmq';
import type { RunnerOptions, TrialOutcome, TrialSpec } from '../types.js';
import { atMost } from './redis.js';
import type { TrialMail } from './TrialMail.js';

/** BullMQ takes ids of digits alone for its own. */
const idPrefix = 'trial-';

/**
 * The trials of one call of QueueRunner.run: each is a job with its own id, so that none
 * is there twice.
 */
export class QueueRun {
  /** Those without a result. */
  private readonly waiting: Map<string, TrialSpec>;
  private readonly taking = new Map<string, Promise<void>>();
  private readonly finished: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;
  private isOver = false;

  constructor(
    private readonly queue: Queue,
    private readonly mail: TrialMail,
    specs: readonly TrialSpec[],
    private readonly options: RunnerOptions,
  ) {
    this.waiting = new Map(specs.map((spec) => [spec.id, spec]));
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever calls run gets the error; it may come before that.
    this.finished.catch(() => {});
  }

  static trialId(jobId: string): string {
    return jobId.slice(idPrefix.length);
  }

  /** Ends when each trial has been handed over or the signal is aborted. */
  async run(): Promise<void> {
    const { signal } = this.options;
    if (this.waiting.size === 0 || signal.aborted) return;
    const parents = new Set([...this.waiting.values()].map(({ parent }) => parent));
    signal.addEventListener('abort', this.resolve, { once: true });
    try {
      await Promise.race([this.check(), this.finished]);
      await this.finished;
      if (!signal.aborted) await this.mail.deleteParents(parents);
    } finally {
      signal.removeEventListener('abort', this.resolve);
      this.isOver = true;
      // What runs is finished by the workers, and waits on Redis for the next start.
      const last = signal.aborted ? [this.queue.drain()] : [];
      await atMost(5000, Promise.all([...this.taking.values(), ...last]));
    }
  }

  fail(error: Error): void {
    this.reject(error);
  }

  progress(id: string, fraction: number): void {
    if (this.waiting.has(id)) this.options.onProgress?.(id, fraction);
  }

  /**
   * Sends what is not on Redis (or no longer), and takes what was finished without our
   * notice.
   */
  async check(): Promise<void> {
    for (const job of await this.queue.getJobs(['completed', 'failed'])) {
      const id = QueueRun.trialId(job.id!);
      if (this.waiting.has(id)) await this.take(id);
      // Its result was stored, but the coordinator ended before it had removed the job.
      else await this.forget(id, job);
    }
    await this.sendParents();
    const missing: TrialSpec[] = [];
    for (const [id, spec] of this.waiting) {
      if (this.taking.has(id) || (await this.queue.getJob(idPrefix + id))) continue;
      if (await this.mail.hasOutcome(id)) await this.take(id);
      else missing.push(spec);
    }
    const jobs = missing
      // Taken meanwhile.
      .filter(({ id }) => this.waiting.has(id) && !this.isOver && !this.options.signal.aborted)
      .map((spec) => ({ name: 'trial', data: spec, opts: { jobId: idPrefix + spec.id, attempts: 1 } }));
    if (jobs.length > 0) await this.queue.addBulk(jobs);
  }

  /** Hands over a trial's result, if it is there and was not before. */
  async take(id: string): Promise<void> {
    const spec = this.waiting.get(id);
    if (!spec || this.isOver) return;
    if (!this.taking.has(id)) this.taking.set(id, this.takeOnce(spec));
    await this.taking.get(id);
  }

  private async takeOnce(spec: TrialSpec): Promise<void> {
    const { id } = spec;
    try {
      const job = await this.queue.getJob(idPrefix + id);
      const outcome = (await this.mail.outcome(id)) ?? (await failureOf(spec, job));
      if (this.isOver) return;
      if (outcome) {
        await this.options.onResult(outcome);
        this.waiting.delete(id);
      }
      // Without an outcome the job is of no use: it is sent again.
      await this.forget(id, job);
      if (this.waiting.size === 0) this.resolve();
    } catch (error) {
      this.reject(error as Error);
    } finally {
      this.taking.delete(id);
    }
  }

  private async sendParents(): Promise<void> {
    const specs = new Map([...this.waiting.values()].map((spec) => [spec.parent, spec]));
    for (const [id, spec] of specs) {
      if (id === 'start') continue;
      await this.mail.putParent(id, async () => {
        const file = await this.options.parentFile(spec);
        if (!file) throw new Error(`trial ${spec.id}: the weights of trial ${id}, which it begins with, are lost.`);
        return file;
      });
    }
  }

  private async forget(id: string, job: Job | undefined): Promise<void> {
    // A job that is being run, a second time, cannot be removed: it is found finished
    // later.
    await job?.remove().catch(() => undefined);
    await this.mail.deleteOutcome(id);
  }
}

async function failureOf(spec: TrialSpec, job: Job | undefined): Promise<TrialOutcome | undefined> {
  if (!(await job?.isFailed())) return undefined;
  const { failedReason = 'failed without a reason', processedOn, finishedOn, stalledCounter } = job!;
  const isLost = failedReason.includes('stalled');
  const error = isLost ? `its worker was lost ${stalledCounter} times` : failedReason;
  const seconds = processedOn && finishedOn ? Math.max(0, finishedOn - processedOn) / 1000 : 0;
  return { result: { id: spec.id, spec, seconds, status: 'failed', error } };
}
