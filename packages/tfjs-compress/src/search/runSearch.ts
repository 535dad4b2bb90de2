import { check } from '@tfjs-compress/math/internal';
import { measureBaseline } from './measureBaseline.js';
import { type Best, figures, Progress } from './Progress.js';
import { floorOf, frontierOf, isWithin, ranked } from './ranking.js';
import { createScheduler } from './Scheduler.js';
import { Start } from './Start.js';
import { noiseOf } from './scoreOf.js';
import { searchFingerprint } from './searchFingerprint.js';
import { type ResolvedSearch, resolveSearchOptions } from './searchOptions.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';
import type {
  Baseline,
  DoneTrial,
  Runner,
  SearchJob,
  TrialOutcome,
  TrialResult,
  TrialSpec,
  TrialStore,
} from './types.js';
import { writeReport } from './writeReport.js';

export interface SearchRunOptions {
  store: TrialStore;
  runner: Runner;
  /** Ends the search with what it has by then. */
  signal?: AbortSignal;
  /** 0 silent, 1 a line for each trial (default). */
  verbose?: 0 | 1;
}

/** What a search has found. */
export interface SearchRun {
  /** Undefined when no trial came to its end. */
  best: DoneTrial | undefined;
  /** Whether the best one is within the goal. */
  isWithin: boolean;
  baseline: Baseline;
  /** All trials, failed ones too, by generation. */
  trials: TrialResult[];
  frontier: DoneTrial[];
  /** Why it ended before all trials were run. */
  stopped: 'time' | 'signal' | undefined;
}

/**
 * A search with a store and a runner of one's own; see compress(). Goes on with what the
 * store holds. The runner is left open.
 *
 * @throws Error for options that cannot be used, a store that holds another search, an
 *   `evaluate` without a usable score, and when every first trial failed.
 */
export async function runSearch(job: SearchJob, options: SearchRunOptions): Promise<SearchRun> {
  const { store, runner, signal, verbose = 1 } = options;
  const search = resolveSearchOptions(job.options ?? {});
  for (const name of ['train', 'evaluate'] as const)
    check(typeof job[name] === 'function', name, 'a function', job[name]);
  await store.open(await searchFingerprint(job));
  try {
    const results = await store.results();
    const limit = deadlineOf(search, results, runner);
    const progress = new Progress(search, verbose, limit);
    const ending = new Ending(limit, signal);
    try {
      const baseline = (await store.baseline()) ?? (await measured(job, store, progress, ending.signal));
      if (results.length > 0) progress.say(`going on after ${results.length} trials`);
      const leader = new Leader(search, baseline, results, { store, runner, progress, ending });
      return await leader.run();
    } finally {
      progress.clear();
      ending.dispose();
    }
  } finally {
    await store.close();
  }
}

async function measured(job: SearchJob, store: TrialStore, progress: Progress, signal: AbortSignal): Promise<Baseline> {
  const start = await Start.ofJob(job);
  const search = resolveSearchOptions(job.options ?? {});
  const baseline = await measureBaseline(start, job.evaluate, (fraction) => progress.measuring(fraction));
  if (search.epochs === undefined && search.minutes === undefined && !signal.aborted)
    baseline.stepsPerEpoch = await stepsPerEpoch(start, job.train, search.seed, signal);
  await store.putBaseline(baseline);
  sayWhatIsChance(baseline, search, progress);
  return baseline;
}

/** Before hours are spent on a maxLoss that the validation examples are too few for. */
function sayWhatIsChance(baseline: Baseline, { goal }: ResolvedSearch, progress: Progress): void {
  const noise = noiseOf(baseline);
  if (goal.within !== 'score' || goal.maxLoss <= 0 || noise <= goal.maxLoss / 2) return;
  progress.say(
    `${baseline.examples} validation examples tell losses to about ${noise.toPrecision(1)} at worst, and maxLoss is ` +
      `${Number(goal.maxLoss.toPrecision(3))}: what is found may lose more on other examples.`,
  );
}

/** The time of finished trials counts, wherever the search was stopped. */
function deadlineOf({ minutes }: ResolvedSearch, results: TrialResult[], { parallel }: Runner): number {
  if (minutes === undefined) return Number.POSITIVE_INFINITY;
  const spent = results.reduce((sum, { seconds }) => sum + seconds, 0) / parallel;
  return Date.now() + 1000 * (60 * minutes - spent);
}

/** Says when a search is over before its trials are. */
class Ending {
  reason: 'time' | 'signal' | undefined;
  private readonly controller = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onAbort = () => this.end('signal');

  constructor(
    readonly deadline: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    if (outer?.aborted) this.end('signal');
    outer?.addEventListener('abort', this.onAbort);
    // Longer ones overflow, and would be over at once; then `check` alone sees to it.
    const left = deadline - Date.now();
    if (left < 2 ** 31) this.timer = setTimeout(() => this.end('time'), Math.max(0, left));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get secondsLeft(): number {
    return (this.deadline - Date.now()) / 1000;
  }

  /** A training that never yields lets no timer come. */
  check(): void {
    if (this.secondsLeft <= 0) this.end('time');
  }

  end(reason: 'time' | 'signal'): void {
    this.reason ??= reason;
    this.controller.abort();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.onAbort);
  }
}

interface Parts {
  store: TrialStore;
  runner: Runner;
  progress: Progress;
  ending: Ending;
}

/** Generation after generation. */
class Leader {
  private bestId: string | undefined;
  /** Results may come at once, and are taken one after the other. */
  private taken: Promise<void> = Promise.resolve();

  constructor(
    private readonly search: ResolvedSearch,
    private readonly baseline: Baseline,
    private readonly results: TrialResult[],
    private readonly parts: Parts,
  ) {}

  async run(): Promise<SearchRun> {
    const { runner, store, ending } = this.parts;
    const scheduler = createScheduler(this.search, this.baseline, runner.parallel);
    for (;;) {
      ending.check();
      const specs = ending.signal.aborted ? undefined : this.thoseWithTime(scheduler.next(this.results));
      if (!specs?.length) break;
      const ids = new Set(specs.map(({ id }) => id));
      await runner.run(specs, {
        signal: ending.signal,
        onResult: (outcome) => {
          if (ids.delete(outcome.result.id)) this.taken = this.taken.then(() => this.take(outcome));
          return this.taken;
        },
        onProgress: (id, fraction) => {
          ending.check();
          this.parts.progress.trial(id, fraction, this.results.length, this.bestOf());
        },
        parentFile: async ({ parent }) => (parent === 'start' ? undefined : store.file(parent)),
      });
    }
    this.throwIfNothingWorks();
    this.sayIfNoneIsWithin();
    await this.writeBest();
    // Who stops a search does not want to wait; the next part of it writes one.
    if (ending.reason !== 'signal') await writeReport(store, this.found);
    return this.found;
  }

  private get best(): DoneTrial | undefined {
    return ranked(this.results, this.search.goal, this.baseline)[0];
  }

  private bestOf(): Best | undefined {
    const { best } = this;
    return best && { trial: best, isWithin: isWithin(best, this.search.goal, this.baseline) };
  }

  private get found(): SearchRun {
    const { best, baseline, parts } = this;
    const order = (a: TrialResult, b: TrialResult) => a.spec.generation - b.spec.generation || (a.id < b.id ? -1 : 1);
    return {
      best,
      isWithin: this.bestOf()?.isWithin ?? false,
      baseline,
      trials: [...this.results].sort(order),
      frontier: frontierOf(this.results),
      stopped: parts.ending.reason,
    };
  }

  private async take(outcome: TrialOutcome): Promise<void> {
    await this.parts.store.put(outcome);
    this.results.push(outcome.result);
    await this.writeBest();
    this.parts.progress.finished(outcome.result, this.results.length, this.bestOf());
  }

  private async writeBest(): Promise<void> {
    const { store } = this.parts;
    const { best } = this;
    if (!store.write || !best || best.id === this.bestId) return;
    const model = await store.model(best.id);
    if (model) await store.write('best.tfz', model);
    this.bestId = best.id;
  }

  /** What would not come to its end is not begun. */
  private thoseWithTime(specs: TrialSpec[] | undefined): TrialSpec[] | undefined {
    const { ending, runner } = this.parts;
    const done = this.results.filter(({ status }) => status === 'done');
    if (!specs || !Number.isFinite(ending.deadline) || done.length === 0) return specs;
    const epochs = ({ spec }: { spec: TrialSpec }) => spec.epochs.surgery + spec.epochs.quantize;
    const perEpoch = Math.min(...done.map((result) => result.seconds / epochs(result)));
    let needed = 0;
    const fitting = specs.filter((spec) => {
      needed += (perEpoch * epochs({ spec })) / runner.parallel;
      return needed <= ending.secondsLeft;
    });
    if (fitting.length === 0) ending.end('time');
    return fitting;
  }

  /** A training that diverges leads to models, too. */
  private sayIfNoneIsWithin(): void {
    const { best, baseline, search, parts } = this;
    if (!best || isWithin(best, search.goal, baseline)) return;
    const what = `none of ${this.results.length} trials is within the goal; the nearest one: ${figures(best)}`;
    const floor = floorOf(search.goal, baseline, best);
    const asked = search.goal.within === 'score' ? ` (asked: at least ${Number(floor.toPrecision(4))})` : '';
    parts.progress.say(`${what}${asked}; the given model: ${figures(baseline)}`);
  }

  private throwIfNothingWorks(): void {
    const [first] = this.results;
    if (!first || this.best) return;
    const failed = this.results.find((result) => result.status === 'failed')!;
    throw new Error(`compress: all ${this.results.length} trials failed. The first: ${failed.error}`);
  }
}
