import { formatSeconds } from '@tfjs-compress/callbacks/internal';
import type { ResolvedSearch } from './searchOptions.js';
import type { DoneTrial, TrialResult } from './types.js';

const width = 20;

export interface Best {
  trial: DoneTrial;
  isWithin: boolean;
}

/** Says on the console how a search goes on. */
export class Progress {
  private readonly begin = Date.now();
  private running = new Map<string, number>();
  private doneBefore: number | undefined;

  constructor(
    private readonly search: ResolvedSearch,
    private readonly verbose: 0 | 1,
    /** When the time is over, as Date.now() counts; Infinity without a limit. */
    private readonly deadline: number,
  ) {}

  say(text: string): void {
    if (this.verbose === 0) return;
    this.clear();
    console.log(`search: ${text}`);
  }

  measuring(fraction: number): void {
    this.overwrite(`measuring  ${bar(fraction)}`);
  }

  /** Inside a trial. */
  trial(id: string, fraction: number, done: number, best: Best | undefined): void {
    this.running.set(id, fraction);
    const inside = [...this.running.values()].reduce((sum, each) => sum + each, 0);
    this.overwrite(this.line(done + inside, done + 1, best));
  }

  /** After one. */
  finished(result: TrialResult, done: number, best: Best | undefined): void {
    this.running.delete(result.id);
    const what = result.status === 'failed' ? `failed: ${result.error}` : figures(result);
    this.say(`${this.line(done, done, best)}  this one: ${what}`);
  }

  private line(done: number, k: number, best: Best | undefined): string {
    this.doneBefore ??= Math.floor(done);
    const { trials } = this.search;
    const fraction = this.fraction(done);
    const seconds = (Date.now() - this.begin) / 1000;
    const byTrials =
      trials && done > this.doneBefore ? (seconds * (trials - done)) / (done - this.doneBefore) : undefined;
    const byTime = Number.isFinite(this.deadline) ? Math.max(0, this.deadline - Date.now()) / 1000 : undefined;
    const left = byTrials === undefined ? byTime : Math.min(byTrials, byTime ?? byTrials);
    const parts = [`trial ${k}${trials ? ` of ${trials}` : ''}`, bar(fraction)];
    if (best) parts.push(`${best.isWithin ? 'best' : 'none within the goal, nearest'} ${figures(best.trial)}`);
    if (left !== undefined && left > 0) parts.push(`${formatSeconds(left)} left`);
    return parts.join('  ');
  }

  private fraction(done: number): number {
    const { trials, minutes } = this.search;
    const byTrials = trials ? done / trials : 0;
    const byTime = minutes ? 1 - (this.deadline - Date.now()) / (60_000 * minutes) : 0;
    return Math.min(1, Math.max(byTrials, byTime));
  }

  /** On a terminal alone. */
  private overwrite(text: string): void {
    const stderr = terminal();
    if (this.verbose > 0) stderr?.write(`\r\u001b[K${text}`);
  }

  clear(): void {
    if (this.verbose > 0) terminal()?.write('\r\u001b[K');
  }
}

function terminal(): NodeJS.WriteStream | undefined {
  const stderr = (globalThis as { process?: NodeJS.Process }).process?.stderr;
  return stderr?.isTTY ? stderr : undefined;
}

function bar(fraction: number): string {
  return `[${'#'.repeat(Math.round(width * fraction)).padEnd(width, '-')}]`;
}

/** Of a trial or of the given model. */
export function figures({ sizeBytes, score }: { sizeBytes: number; score: number }): string {
  return `${sizeBytes.toLocaleString('en-US')} B, score ${Number(score.toPrecision(4))}`;
}
