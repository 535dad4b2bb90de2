import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SearchOptions } from './searchOptions.js';

/** What is asked of one kernel. */
export interface KernelPlan {
  /** Fraction of its weights to prune, in [0, 1). */
  sparsity: number;
  /** 2 to 8 as INQScheduler counts them, or 32: not quantized. */
  bits: number;
}

/** By the kernel's path, as the callbacks' `overrides` name it ('dense_1/kernel'). */
export type Plan = Record<string, KernelPlan>;

/** One trial: everything that decides its result, as plain JSON. */
export interface TrialSpec {
  /** A hash of all that follows: equal trials have equal ids, in every process. */
  id: string;
  /** From 1. All trials of a generation depend on results of earlier ones alone. */
  generation: number;
  plan: Plan;
  /**
   * The trial whose weights this one begins with, or 'start': those of the given model.
   */
  parent: string;
  /** Epochs of pruning (SurgeryCallback), then of quantization (INQScheduler). */
  epochs: { surgery: number; quantize: number };
  /** What INQScheduler's option of this name is to save. */
  saveBits?: number;
  seed: number;
}

/** How one kernel came out of a trial. */
export interface KernelFigures {
  /** Before dead units were removed. */
  weights: number;
  nonZeros: number;
  /** Distinct values that are not 0. */
  levels: number;
  /** In the file. */
  sizeBytes: number;
  /**
   * What the score loses when a quarter of the weights that are left goes too, without
   * training.
   */
  probe?: number;
}

interface TrialRow {
  id: string;
  spec: TrialSpec;
  /** Of the whole trial, where it ran. */
  seconds: number;
}

/** A trial that came to its end. */
export interface DoneTrial extends TrialRow {
  status: 'done';
  /** What `evaluate` said of the model as it is written: higher is better. */
  score: number;
  /** How many examples `evaluate` says the score is of. */
  examples?: number;
  /**
   * The standard error of what it loses against the given model, where `evaluate` gives
   * the score of each example.
   */
  noise?: number;
  /** What `pack` writes. */
  sizeBytes: number;
  /**
   * Multiplications for one example by weights that are not 0, where they can be counted.
   */
  multiplyAdds?: number;
  /** By the kernel's path. */
  kernels: Record<string, KernelFigures>;
}

/** A trial whose training or evaluation failed: a row of the result like any other. */
export interface FailedTrial extends TrialRow {
  status: 'failed';
  error: string;
}

/** As plain JSON. */
export type TrialResult = DoneTrial | FailedTrial;

/** What a trial leaves behind. */
export interface TrialOutcome {
  result: TrialResult;
  /** A .tfz: the weights that later trials begin with. None of a failed trial. */
  file?: Uint8Array;
  /**
   * A .tfz: the model as it is given away, without its dead units. None of a failed
   * trial.
   */
  model?: Uint8Array;
}

/** What `train` gets beside the model. */
export interface TrainContext {
  epochs: number;
  /** To be handed to `model.fit` as they are; more callbacks may stand beside them. */
  callbacks: any[];
  /** What the training is for. */
  stage: 'surgery' | 'quantize';
  /** For random choices of your own. Math.random is seeded while a trial runs. */
  seed: number;
  /** Aborted when the search is: a training that looks at it ends sooner. */
  signal?: AbortSignal;
}

export type Train = (model: LayersModel, context: TrainContext) => unknown;

/**
 * Higher is better. Differences that may be chance are known with `examples`, for a share
 * of right answers; and better with a list of the score of each example, as 1 for a right
 * answer and 0 for a wrong one, of which the mean counts.
 */
export type Score = number | { score: number; examples: number } | ArrayLike<number>;

/**
 * @param hint.examples The first so many examples will do, where only a rough comparison
 *   is needed; undefined when the score counts.
 */
export type Evaluate = (model: LayersModel, hint: { examples?: number }) => Score | Promise<Score>;

/**
 * A search as a module (`search.mjs`) exports it, so that other processes can run its
 * trials. All of them must make the same of it.
 */
export interface SearchJob {
  /**
   * A model as it was trained; each call gives a new one, which the caller disposes of.
   */
  model: () => LayersModel | Promise<LayersModel>;
  train: Train;
  evaluate: Evaluate;
  options: SearchOptions;
}

/**
 * What the given model is before anything is done to it: measured once by the one who
 * leads the search, and kept.
 */
export interface Baseline {
  score: number;
  examples?: number;
  /** What `pack` writes. */
  sizeBytes: number;
  multiplyAdds?: number;
  /** Optimizer steps of an epoch, where the length of trials depends on it. */
  stepsPerEpoch?: number;
  /** Of each kernel, what is known of every sparsity and number of bits. */
  kernels: Record<string, KernelBaseline>;
}

export interface KernelBaseline {
  weights: number;
  /** Multiplications by one weight for one example, where they can be counted. */
  positions?: number;
  /** Each pair of sparsity and bits that a plan may have. */
  choices: KernelChoice[];
}

export interface KernelChoice extends KernelPlan {
  /** Estimated, in the file. */
  sizeBytes: number;
  /** Estimated loss of the score without training, in units that only compare choices. */
  loss: number;
}

/**
 * Which trials come next. Pure: the same options, baseline and results give the same
 * trials, so that a search can be stopped anywhere, spread out and gone on with.
 */
export interface Scheduler {
  /**
   * The trials of the current generation that have no result yet, best first. The next
   * generation comes when all have one (a failed trial has).
   *
   * @param results In any order.
   * @returns undefined when the search is over.
   */
  next(results: readonly TrialResult[]): TrialSpec[] | undefined;
}

/** Runs trials: in this process, in others, on other machines. */
export interface Runner {
  /** How many trials it runs at once. */
  readonly parallel: number;
  /**
   * Runs all of `specs`, in this order as far as possible. Resolves when each has been
   * handed to onResult, or the signal is aborted: what was not finished then is left out.
   *
   * @throws Error when trials cannot be run at all, as with a lost queue.
   */
  run(specs: readonly TrialSpec[], options: RunnerOptions): Promise<void>;
  /** Ends workers and connections. */
  close(): Promise<void>;
}

export interface RunnerOptions {
  signal: AbortSignal;
  /** Called once for each trial; the next ones may go on meanwhile. */
  onResult: (outcome: TrialOutcome) => Promise<void>;
  /** Progress inside a trial, as far as the runner knows it: from 0 to 1. */
  onProgress?: (id: string, fraction: number) => void;
  /** The weights that a trial begins with: undefined for 'start'. */
  parentFile: (spec: TrialSpec) => Promise<Uint8Array | undefined>;
}

/**
 * Where a search keeps what it has. Everything that was put is there again after a crash.
 */
export interface TrialStore {
  /**
   * Must be called first.
   *
   * @param fingerprint Of the options and of the model (searchFingerprint).
   * @throws Error when it holds another search, or another process has it open.
   */
  open(fingerprint: string): Promise<void>;
  baseline(): Promise<Baseline | undefined>;
  putBaseline(baseline: Baseline): Promise<void>;
  results(): Promise<TrialResult[]>;
  /**
   * Whole or not at all. A trial that has a result keeps it: a second one is left out.
   */
  put(outcome: TrialOutcome): Promise<void>;
  /** A trial's weights. */
  file(id: string): Promise<Uint8Array | undefined>;
  /** A trial's model as it is given away. */
  model(id: string): Promise<Uint8Array | undefined>;
  /** best.tfz, report.html. Not there where nobody would read them. */
  write?(name: string, content: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

export interface TrialOptions {
  signal?: AbortSignal;
  /** From 0 to 1. */
  onProgress?: (fraction: number) => void;
}
