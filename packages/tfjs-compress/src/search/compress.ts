import { tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { check, checkKnownOptions, checkOneOf, checkSignal } from '@tfjs-compress/math/internal';
import { FolderStore } from './FolderStore.js';
import { InlineRunner } from './InlineRunner.js';
import { MemoryStore } from './MemoryStore.js';
import { isWithin } from './ranking.js';
import { runSearch } from './runSearch.js';
import { Start } from './Start.js';
import { resolveSearchOptions, type SearchOptions, searchOptionNames } from './searchOptions.js';
import type { DoneTrial, Evaluate, SearchJob, Train, TrialResult } from './types.js';

export interface CompressOptions extends SearchOptions {
  /**
   * Trains the model it is given, as a training of your own would, with `epochs` and
   * `callbacks` of the search:
   * `(model, { epochs, callbacks }) => model.fit(x, y, { epochs, callbacks })`. The model
   * is a copy, compiled as yours is. The search lets the learning rate fall along
   * cosines, unless the training sets it. Without `epochs` and `minutes`, it is called
   * once before all trials, and stopped after a batch, for the steps of an epoch.
   */
  train: Train;
  /**
   * The score of a model, higher is better, such as the accuracy on data that `train`
   * does not see and that is not your test data either: it decides what is chosen. Best
   * is a list of the score of each example, as 1 for a right answer and 0 for a wrong
   * one, of which the mean counts: then chance can be told from loss. Or a number, or
   * `{ score, examples }` for a share of right answers.
   */
  evaluate: Evaluate;
  /**
   * A folder (Node) for everything the search has, from its first trial on. A second call
   * with the same model, options and folder goes on. Default: in memory.
   */
  output?: string;
  /** Ends the search with what it has by then. */
  signal?: AbortSignal;
  /**
   * Write the best weights into the given model as well, and return that. Default false.
   */
  inPlace?: boolean;
  /** 0 silent, 1 a line for each trial (default). */
  verbose?: 0 | 1;
}

export interface Compressed {
  /**
   * A stock model, without dead units; compiled as the given one was. The given model
   * itself with inPlace.
   */
  model: LayersModel;
  /** The model's .tfz: what `pack` makes of it, and best.tfz. */
  file: Uint8Array;
  sizeBytes: number;
  score: number;
  /** Whether the model is within maxLoss, maxBytes or maxMultiplyAdds. */
  isWithin: boolean;
  /** Every trial, failed ones with their error. */
  trials: TrialResult[];
  /** The trials that no other one is both smaller and better than, the smallest first. */
  frontier: DoneTrial[];
  /** Why the search ended before all trials were run. */
  stopped: 'time' | 'signal' | undefined;
}

const ownOptions = ['train', 'evaluate', 'output', 'signal', 'inPlace', 'verbose'] as const;

/**
 * Makes a trained model small without being told how: tries plans of pruning (Dynamic
 * Network Surgery) and quantization (INQ) for its kernels, trains each, and returns the
 * smallest that is good enough. Size is what `pack` writes.
 *
 * ```js
 * const { model: small, file, sizeBytes, score } = await compress(model, {
 *   train: (model, { epochs, callbacks }) => model.fit(x, y, { epochs, callbacks, batchSize: 64 }),
 *   evaluate: (model) => accuracy(model, validation),
 *   maxLoss: 0.005,
 *   minutes: 30,
 *   output: 'search',
 *   …
 * });
 * ```
 *
 * With no trial within maxLoss, a copy of the given model is returned; with none within
 * maxBytes or maxMultiplyAdds, the nearest one, and `isWithin` is false. Interrupted by
 * `signal` or time, it returns the best model so far. While a trial runs, Math.random is
 * seeded.
 *
 * @param model A layers model that is trained and, unless `train` does it, compiled. Not
 *   changed without inPlace.
 * @throws ArgumentError for unusable options, before any work; Error when `evaluate`
 *   gives no score, when `output` holds another search, and when every trial failed.
 */
export async function compress(model: LayersModel, options: CompressOptions): Promise<Compressed> {
  check(options !== null && typeof options === 'object', 'compress', '{ train, evaluate, … }', options);
  checkKnownOptions(options, [...ownOptions, ...searchOptionNames], 'compress');
  const { train, evaluate, output, signal, inPlace = false, verbose = 1, ...search } = options;
  check(typeof train === 'function', 'train', 'a function of a model and { epochs, callbacks }', train);
  check(typeof evaluate === 'function', 'evaluate', 'a function of a model', evaluate);
  check(typeof inPlace === 'boolean', 'inPlace', 'a boolean', inPlace);
  checkSignal(signal);
  checkOneOf(verbose, [0, 1], 'verbose');
  const { goal } = resolveSearchOptions(search);
  const job: SearchJob = { model: () => model, train, evaluate, options: search };
  const start = await Start.ofJob(job);
  const store = output === undefined ? new MemoryStore() : new FolderStore(output);
  const run = await runSearch(job, { store, runner: new InlineRunner(job), signal, verbose });
  const { best, baseline, ...found } = run;
  const isStart = !best || (!run.isWithin && goal.within === 'score');
  const file = isStart ? start.file : (await store.model(best.id))!;
  const chosen = isStart ? baseline : best;
  const result = {
    ...found,
    isWithin: isWithin(chosen, goal, baseline),
    file,
    sizeBytes: file.length,
    score: chosen.score,
  };
  if (!inPlace) return { ...result, model: await start.give(file) };
  if (!isStart) await writeInto(model, start, (await store.file(best.id))!);
  return { ...result, model };
}

async function writeInto(model: LayersModel, start: Start, file: Uint8Array): Promise<void> {
  const { model: copy, dispose } = await start.copy(file);
  tidy(() => model.setWeights(copy.getWeights()));
  dispose();
}
