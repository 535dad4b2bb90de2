import type { Queue, QueueEvents, Worker } from 'bullmq';
import type { Runner, RunnerOptions, TrialSpec } from '../types.js';
import { CoordinatorLock } from './CoordinatorLock.js';
import { type Announcement, Meeting } from './Meeting.js';
import { QueueRun } from './QueueRun.js';
import { atMost, connect, loadBullMQ, type Report } from './redis.js';
import type { SharedJob } from './SharedJob.js';
import { TrialMail } from './TrialMail.js';

export interface QueueRunnerArgs extends Omit<SharedJob, 'path'> {
  /** redis://… */
  url: string;
  /** Of the search: those with one name exclude each other. */
  name: string;
  /** Seconds after which a worker that is not heard of has lost its trial. */
  lostAfter: number;
  /** What a user should know. */
  report: Report;
}

/** How often the coordinator looks after workers, its lock and lost jobs. */
const roundMs = 2000;

/** How long a coordinator that ends waits for Redis. */
const closingMs = 5000;

/** Of all keys that BullMQ makes. */
export const prefix = 'tfjs-compress';

/** How often a trial may lose its worker and be given to another. */
export const maxStalledCount = 2;

/**
 * The coordinator's side of a queue on Redis: trials are jobs, and processes that
 * runWorker started anywhere take them. Redis may be started again, with or without its
 * data: what is lost is sent again.
 */
export class QueueRunner implements Runner {
  private workers = 0;
  private current?: QueueRun;
  private failure?: Error;
  private timer?: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private lastProblem = '';

  private constructor(
    private readonly report: Report,
    private readonly lock: CoordinatorLock,
    private readonly meeting: Meeting,
    private readonly mail: TrialMail,
    private readonly announcement: Announcement,
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    /**
     * Runs nothing: it gives the trials of lost workers to others, also while no worker
     * is there.
     */
    private readonly watcher: Worker,
  ) {}

  /**
   * Connects and takes the lead of the search.
   *
   * @throws Error when Redis cannot be reached, another coordinator leads the search, or
   *   BullMQ is not installed.
   */
  static async open(args: QueueRunnerArgs): Promise<QueueRunner> {
    const { url, name, lostAfter, report, versions, options, fingerprint } = args;
    const { Queue, QueueEvents, Worker } = await loadBullMQ();
    const redis = await connect(url, report);
    try {
      const meeting = new Meeting(redis, name);
      const lock = new CoordinatorLock(meeting);
      await lock.acquire();
      const announcement: Announcement = { versions, options, fingerprint, lostAfter, state: 'running' };
      await meeting.announce(announcement);
      const queueName = Meeting.queueName(name, announcement);
      const base = { connection: redis as never, prefix };
      const watching = { autorun: false, name: '0', maxStalledCount, stalledInterval: (1000 * lostAfter) / 2 };
      const runner = new QueueRunner(
        report,
        lock,
        meeting,
        new TrialMail(meeting, queueName),
        announcement,
        new Queue(queueName, base),
        new QueueEvents(queueName, base),
        new Worker(queueName, null, { ...base, ...watching }),
      );
      await runner.start();
      return runner;
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /** How many trials the workers run at once, as far as it is known. */
  get parallel(): number {
    return Math.max(1, this.workers);
  }

  async run(specs: readonly TrialSpec[], options: RunnerOptions): Promise<void> {
    if (this.failure) throw this.failure;
    this.current = new QueueRun(this.queue, this.mail, specs, options);
    try {
      await this.current.run();
    } finally {
      this.current = undefined;
    }
  }

  /**
   * Tells the workers that the search is over, so that they end, and leaves nothing but
   * that on Redis.
   */
  async end(): Promise<void> {
    await this.stopRounds();
    await this.meeting.announce({ ...this.announcement, state: 'ended' });
    await this.queue.obliterate({ force: true });
    await this.mail.clear();
  }

  async close(): Promise<void> {
    await atMost(closingMs, this.leave());
    this.meeting.redis.disconnect();
  }

  private async leave(): Promise<void> {
    await this.stopRounds();
    await this.lock.release();
    for (const each of [this.watcher, this.events, this.queue]) await each.close();
  }

  private async start(): Promise<void> {
    // The connection reports its own losses, once.
    const ignore = () => {};
    this.queue.on('error', ignore);
    this.events.on('error', ignore);
    this.watcher.on('error', ignore);
    await this.events.waitUntilReady();
    const idOf = (jobId: string) => QueueRun.trialId(jobId);
    this.events.on('completed', ({ jobId }) => this.current?.take(idOf(jobId)));
    this.events.on('failed', ({ jobId }) => this.current?.take(idOf(jobId)));
    this.events.on('progress', ({ jobId, data }) => this.current?.progress(idOf(jobId), Number(data)));
    await this.watcher.startStalledCheckTimer();
    await this.look();
    if (this.workers === 0) this.report('no worker yet: start one with tfjs-compress worker');
    this.nextRound();
  }

  /** One after the other: while Redis is away, a round waits for it. */
  private nextRound(): void {
    this.timer = setTimeout(() => {
      this.round = this.look().then(
        () => this.timer && this.nextRound(),
        (error) => this.fail(error),
      );
    }, roundMs);
  }

  private async stopRounds(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.round;
  }

  /** Throws only what ends the search: another has taken its lead. */
  private async look(): Promise<void> {
    await this.lock.keep();
    try {
      await this.meeting.announce(this.announcement);
      for (const refusal of await this.meeting.refusals()) this.report(`a worker takes no trials (${refusal})`);
      const workers = await this.countWorkers();
      if (workers !== this.workers) this.report(`workers run ${workers} trial${workers === 1 ? '' : 's'} at once`);
      this.workers = workers;
      await this.current?.check();
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.lastProblem) this.report(`Redis: ${message}`);
      this.lastProblem = message;
    }
  }

  /** A worker's connection is named after the number of its processes. */
  private async countWorkers(): Promise<number> {
    const workers = await this.queue.getWorkers();
    return workers.reduce((sum, { rawname }) => sum + Number(/:w:(\d+)$/.exec(rawname)?.[1] ?? 0), 0);
  }

  private fail(error: Error): void {
    this.failure = error;
    this.current?.fail(error);
  }
}
