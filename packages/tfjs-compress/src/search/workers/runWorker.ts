import { setTimeout } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { TrialSpec } from '../types.js';
import { differenceOf, type JobVersions, versionsOf } from './jobModule.js';
import { loadJob, loadShared } from './loadJob.js';
import { type Announcement, Meeting } from './Meeting.js';
import { maxStalledCount, prefix } from './QueueRunner.js';
import { atMost, connect, loadBullMQ, type Report } from './redis.js';
import { TrialMail } from './TrialMail.js';
import { TrialPool } from './TrialPool.js';

export interface WorkerArgs {
  /** redis://… */
  url: string;
  /** Path of the job module. */
  path: string;
  /** Of the search. */
  name: string;
  /** How many trials to run at once. */
  processes: number;
  /** Aborted to end the worker. Its trials are given back. */
  signal: AbortSignal;
  report: Report;
}

/** How often the announcement is read. */
const roundMs = 1000;

/**
 * Takes trials of a search from a queue and runs them, each in a process of its own,
 * until the search has ended or the signal is aborted.
 *
 * @throws Error when Redis cannot be reached, or this worker has another version of the
 *   job than the search's coordinator: it has run no trial then.
 */
export async function runWorker(args: WorkerArgs): Promise<void> {
  const { url, path, name, signal, report } = args;
  const versions = versionsOf(path);
  // What is missing on this machine is said at once, and by no trial.
  await loadJob(path);
  const redis = await connect(url, report);
  try {
    const meeting = new Meeting(redis, name);
    const announcement = await waitForSearch(meeting, report, signal);
    if (announcement) await work(args, meeting, announcement, versions);
  } finally {
    redis.disconnect();
  }
}

async function waitForSearch(meeting: Meeting, report: Report, signal: AbortSignal): Promise<Announcement | undefined> {
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const announcement = await orAborted(meeting.announcement(), signal);
    if (announcement?.state === 'running') return announcement;
    if (isFirst) report(`waiting for a search named '${meeting.name}'`);
    await pause(signal);
  }
  return undefined;
}

async function work(
  args: WorkerArgs,
  meeting: Meeting,
  announcement: Announcement,
  versions: JobVersions,
): Promise<void> {
  const { path, name, processes, signal, report } = args;
  await checkVersions(meeting, announcement, versions, path);
  const { options, lostAfter, fingerprint } = announcement;
  const shared = { path, versions, options, fingerprint };
  try {
    await loadShared(shared);
  } catch (error) {
    await meeting.refuse((error as Error).message);
    throw error;
  }
  const stop = new AbortController();
  const pool = new TrialPool({ ...shared, processes, onLine: report });
  const mail = new TrialMail(meeting, Meeting.queueName(name, announcement));
  const { Worker, DelayedError, WaitingError } = await loadBullMQ();
  const process = async (job: Job<TrialSpec>, token?: string) => {
    try {
      const outcome = await runJob(job, mail, pool, stop.signal, report);
      if (outcome) return outcome;
      // Redis has lost the weights that it begins with; the coordinator sends them again.
      await job.moveToDelayed(Date.now() + 1000, token);
    } catch (error) {
      // Not the trial's fault: another worker may have more luck.
      stop.abort(error);
      await job.moveToWait(token);
      throw new WaitingError();
    }
    throw new DelayedError();
  };
  const worker = new Worker<TrialSpec>(Meeting.queueName(name, announcement), process, {
    connection: meeting.redis as never,
    prefix,
    name: `${processes}`,
    concurrency: processes,
    maxStalledCount,
    lockDuration: 1000 * lostAfter,
    stalledInterval: (1000 * lostAfter) / 2,
    runRetryDelay: 1000,
  });
  worker.on('error', () => {});
  report(`takes trials of the search '${name}', ${processes} at once`);
  const ended = new Error('ended');
  signal.addEventListener('abort', () => stop.abort(ended), { once: true });
  if (signal.aborted) stop.abort(ended);
  try {
    while (!stop.signal.aborted) {
      await pause(stop.signal);
      const current = await orAborted(meeting.announcement(), stop.signal);
      if (current?.state === 'ended') {
        report('the search has ended');
        stop.abort(ended);
      } else if (current && Meeting.queueName(name, current) !== worker.name) {
        await checkVersions(meeting, current, versions, path);
        throw new Error(`the search '${name}' was started again with other options: start this worker again.`);
      }
    }
    if (stop.signal.reason !== ended) throw stop.signal.reason;
  } finally {
    stop.abort(ended);
    // Without Redis a worker cannot give its trials back: the coordinator finds out that
    // it is lost.
    await atMost(5000, worker.close());
    await pool.close();
  }
}

async function checkVersions(
  meeting: Meeting,
  announcement: Announcement,
  versions: JobVersions,
  path: string,
): Promise<void> {
  const difference = differenceOf(announcement.versions, versions);
  if (!difference) return;
  await meeting.refuse(`it has another version of the search: ${difference}`);
  throw new Error(
    `${path}: not what the coordinator of the search '${meeting.name}' runs: ${difference}. ` +
      'This worker takes no trials.',
  );
}

/**
 * Returns whether there is an outcome: not without the weights that the trial begins
 * with.
 */
async function runJob(
  job: Job<TrialSpec>,
  mail: TrialMail,
  pool: TrialPool,
  signal: AbortSignal,
  report: Report,
): Promise<boolean> {
  const spec = job.data;
  // Run before, but Redis or the connection was lost when the job should have ended.
  if (await mail.hasOutcome(spec.id)) return true;
  const parent = spec.parent === 'start' ? undefined : await mail.parent(spec.parent);
  if (!parent && spec.parent !== 'start') return false;
  report(`trial ${spec.id} begins`);
  let last = 0;
  const onProgress = (fraction: number) => {
    if (Date.now() - last < 1000) return;
    last = Date.now();
    job.updateProgress(fraction).catch(() => undefined);
  };
  const outcome = await pool.run(spec, parent, { signal, onProgress });
  await mail.putOutcome(outcome);
  const { result } = outcome;
  const what =
    result.status === 'done'
      ? `score ${Number(result.score.toPrecision(4))}, ${result.sizeBytes} bytes`
      : `failed: ${result.error}`;
  report(`trial ${spec.id}: ${what}, ${result.seconds.toFixed(1)} s`);
  return true;
}

/**
 * While Redis is away, its answers are waited for; a user who ends the worker does not
 * wait for them.
 */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  promise.catch(() => undefined);
  let onAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(roundMs, undefined, { signal }).catch(() => undefined);
}
