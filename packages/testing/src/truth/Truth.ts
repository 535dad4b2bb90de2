import { type Count, count, share, type Values } from './kernels.js';
import type { EpochSeen } from './observe.js';
import { lastTable, type TableRow } from './printed.js';
import { levelOf, type Range, rangeOf } from './reference.js';

/** What the options of the callbacks ask for. */
export interface Asked {
  inq?: { bits: number; steps: number[]; partition?: 'magnitude' | 'random' };
  surgery?: { targetSparsity?: number };
}

export interface FitSeen {
  before: Values;
  /** All epochs; with `isPartial` the last one alone. */
  epochs: EpochSeen[];
  isPartial: boolean;
  after: Values;
  printed: string;
  history: Record<string, number[]>;
  /** The plan was to be fulfilled; else the fit was stopped and its progress kept. */
  isFinished: boolean;
  /** Training ended before the plan did. */
  isStopped: boolean;
}

export interface TruthOptions {
  isSelected(path: string): boolean;
  /** Kernels whose zeros nobody pruned: no range and no number of zeros can be foretold. */
  hasFreeZeros?: boolean;
  /** Selected kernels were pruned before: their zeros stay, and portions are of the others. */
  isPruned?: boolean;
}

/**
 * Judges one model over one fit or several: what the weights are, counted here, against the logs, the history, the
 * printed table and the options. Says what is not so, instead of throwing, for cases run in plain processes too.
 */
export class Truth {
  readonly findings: string[] = [];
  private ranges = new Map<string, Range | null>();
  /** What the frozen weights must be, by path; NaN for the others. */
  private frozen = new Map<string, Float64Array>();
  /** Zeros that surgery left, when INQ's first step was taken. */
  private pruned = new Map<string, Set<number>>();
  private stepsTaken = 0;

  constructor(
    private readonly asked: Asked,
    private readonly options: TruthOptions,
  ) {}

  check(seen: FitSeen): void {
    let previous = seen.before;
    for (const epoch of seen.epochs) {
      this.checkEpoch(epoch, previous, seen.isPartial);
      previous = epoch.values;
    }
    this.checkFrozen(seen.after, 'after the fit');
    this.checkUnselected(seen);
    if (seen.isFinished) this.checkAims(seen.after);
    const last = seen.epochs.at(-1);
    if (last && !(seen.isStopped && seen.isFinished)) {
      for (const [path, values] of this.selected(seen.after)) {
        const before = last.values.get(path)!;
        const moved = values.filter((value, i) => value !== before[i]).length;
        this.expect(`weights of ${path} that changed after the last epoch's end`, moved, 0);
      }
    }
    this.checkHistory(seen);
    this.checkTable(seen);
  }

  /** @param received Compared with `expected` to 1e-6. */
  expect(what: string, received: number | undefined, expected: number): void {
    if (received !== undefined && Math.abs(received - expected) < 1e-6) return;
    this.findings.push(`${what}: expected ${+expected.toFixed(5)}, received ${received && +received.toFixed(5)}`);
  }

  private selected(values: Values): [string, Float32Array][] {
    return [...values].filter(([path]) => this.options.isSelected(path));
  }

  private counts(values: Values): Count[] {
    return this.selected(values).map(([path, each]) => count(each, this.ranges.get(path)));
  }

  private checkEpoch(
    { epoch, logs, begin, values, pruned, spliced }: EpochSeen,
    previous: Values,
    isPartial: boolean,
  ): void {
    const name = `epoch ${epoch + 1}`;
    const { inq, surgery } = this.asked;
    const stepBefore = this.stepsTaken;
    if (inq) {
      this.stepsTaken = logs.inq_step ?? Number.NaN;
      if (!(this.stepsTaken >= stepBefore)) this.findings.push(`${name}: inq_step ${stepBefore} → ${logs.inq_step}`);
      if (this.stepsTaken > stepBefore && !isPartial) this.foretell(previous, begin, stepBefore);
    }
    const counts = this.counts(values);
    const zeros = share(counts, 'zeros');
    if (surgery || logs.sparsity !== undefined) this.expect(`${name}: sparsity in the logs`, logs.sparsity, zeros);
    for (const [path, each] of values) {
      const { nonFinite } = count(each);
      if (nonFinite > 0) this.findings.push(`${name}: ${path} holds ${nonFinite} NaN or infinite weights`);
    }
    if (inq) {
      // Before the first step no level is fixed; zeros may count or not.
      const levels = this.stepsTaken > 0 ? share(counts, 'levels') : logs.quantized === 0 ? 0 : zeros;
      const isKnown = !this.options.hasFreeZeros || this.stepsTaken === inq.steps.length;
      if (isKnown) this.expect(`${name}: quantized in the logs`, logs.quantized, levels);
      if (this.stepsTaken > 0 && isKnown) this.checkPortion(values, inq.steps[this.stepsTaken - 1], name);
    } else if (surgery && !isPartial && !this.options.hasFreeZeros) {
      this.expect(`${name}: pruned in the logs`, logs.pruned, pruned);
      this.expect(`${name}: spliced in the logs`, logs.spliced, spliced);
    }
    this.checkFrozen(values, name);
  }

  /** A step was taken with the weights as they were before the epoch: works out which of them it froze, and at what. */
  private foretell(previous: Values, begin: Values | undefined, stepBefore: number): void {
    const { bits, steps, partition = 'magnitude' } = this.asked.inq!;
    for (const [path, values] of this.selected(previous)) {
      if (stepBefore === 0 && !this.ranges.has(path)) this.ranges.set(path, rangeOf(values, bits));
      const range = this.ranges.get(path);
      // At the last step all others follow, from weights that nobody outside sees.
      const portion = steps[Math.min(this.stepsTaken, steps.length - 1) - 1];
      if (!range || partition !== 'magnitude' || this.options.hasFreeZeros || portion === undefined) continue;
      const frozen = this.frozen.get(path) ?? new Float64Array(values.length).fill(Number.NaN);
      if (!this.pruned.has(path)) this.pruned.set(path, this.prunedOf(values, begin?.get(path), portion));
      const pruned = this.pruned.get(path)!;
      for (const i of pruned) frozen[i] = 0;
      const candidates = values.length - pruned.size;
      // Zeros that surgery brought back at this very moment, with values that nobody outside has seen.
      const back = [...values.keys()].filter((i) => this.asked.surgery && values[i] === 0 && !pruned.has(i)).length;
      const free = [...values.keys()].filter((i) => Number.isNaN(frozen[i]));
      free.sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]));
      // One less than the portion, and one more frozen before: how portions are rounded is not the papers' business.
      const before = stepBefore > 0 ? Math.ceil(steps[stepBefore - 1] * candidates) + 1 : 0;
      const wanted = Math.max(0, Math.floor(portion * candidates) - before - 1 - (stepBefore > 0 ? 0 : back));
      const limit = Math.abs(values[free[wanted]] ?? 0);
      for (const i of free.slice(0, wanted)) if (Math.abs(values[i]) > limit) frozen[i] = levelOf(values[i], range);
      this.frozen.set(path, frozen);
    }
  }

  /**
   * Which zeros are pruned ones when INQ's first step is taken. Beside surgery in the same fit its masks may have got
   * their last form between the last epoch's end and the step, so that the weights after the step are looked at, too.
   */
  private prunedOf(previous: Float32Array, begin: Float32Array | undefined, portion: number): Set<number> {
    const all = [...previous.keys()];
    if (!this.asked.surgery || !begin) return new Set(all.filter((i) => this.options.isPruned && previous[i] === 0));
    const magnitudes = [...previous].map(Math.abs).sort((a, b) => b - a);
    const remaining = begin.filter((value) => value !== 0).length;
    // What was large is 0 because INQ made it so.
    const limit = magnitudes[Math.floor(portion * remaining)] ?? 0;
    return new Set(all.filter((i) => begin[i] === 0 && Math.abs(previous[i]) < limit));
  }

  private checkFrozen(now: Values, when: string): void {
    for (const [path, frozen] of this.frozen) {
      const values = now.get(path)!;
      const wrong = [...frozen.keys()].filter((i) => !Number.isNaN(frozen[i]) && values[i] !== frozen[i]);
      if (wrong.length === 0) continue;
      const i = wrong[0];
      this.findings.push(
        `${when}: ${wrong.length} of the frozen weights of ${path} are not what INQ makes of them (${values[i]} for ${frozen[i]})`,
      );
    }
  }

  /** At least a step's portion of each kernel is levels. */
  private checkPortion(values: Values, portion: number, name: string): void {
    for (const [path, each] of this.selected(values)) {
      const { levels, weights } = count(each, this.ranges.get(path));
      if (levels >= Math.floor(portion * weights) - 1) continue;
      this.findings.push(`${name}: ${path} has ${levels} levels of ${weights} weights, asked for ${portion}`);
    }
  }

  private checkAims(after: Values): void {
    const { inq, surgery } = this.asked;
    for (const [path, values] of this.selected(after)) {
      const range = this.ranges.get(path);
      const { weights, zeros, levels } = count(values, range);
      if (inq) {
        this.expect(`weights of ${path} that are 0 or a level at the end`, levels, weights);
        const exponents = [...values].filter((v) => v !== 0).map((v) => Math.log2(Math.abs(v)));
        const width = Math.max(...exponents) - Math.min(...exponents) + 1;
        const allowed = 2 ** (inq.bits - 1) / 2;
        if (width > allowed) this.findings.push(`${path} has exponents over ${width} octaves, ${allowed} allowed`);
      }
      const target = surgery?.targetSparsity;
      if (target === undefined) continue;
      // INQ's smallest weights become 0 as well.
      const [least, most] = [target * weights - 1, inq ? weights : target * weights + 1];
      if (zeros < least || zeros > most) {
        this.findings.push(`${path} has ${zeros} zeros of ${weights} weights, asked for ${target}`);
      }
    }
  }

  private checkUnselected({ before, after, printed }: FitSeen): void {
    for (const [path, values] of after) {
      if (this.options.isSelected(path)) continue;
      const zeros = count(values).zeros - count(before.get(path)!).zeros;
      if (zeros > 0) this.findings.push(`${path} was not selected and has ${zeros} zeros more`);
      const [layer] = path.split('/');
      if (!printed.includes(layer)) this.findings.push(`${layer} was left out, and is not named in what is printed`);
    }
  }

  private checkHistory({ epochs, history, after, isStopped, isFinished }: FitSeen): void {
    const keys = ['sparsity', 'quantized', 'inq_step', 'pruned', 'spliced'];
    epochs.forEach(({ logs }, i) => {
      const position = history.loss.length - epochs.length + i;
      const isLast = i === epochs.length - 1;
      for (const key of keys) {
        if (logs[key] === undefined || history[key]?.[position] === logs[key]) continue;
        // A fit that is stopped and finished may put the figures of the end into its history, if they are right.
        const atEnd = { sparsity: 'zeros', quantized: 'levels' }[key] as 'zeros' | 'levels' | undefined;
        const isOfTheEnd = isLast && isStopped && isFinished;
        if (isOfTheEnd && atEnd && history[key]?.[position] === share(this.counts(after), atEnd)) continue;
        if (isOfTheEnd && key === 'inq_step' && history[key]?.[position] === this.asked.inq?.steps.length) continue;
        if (isOfTheEnd && key === 'pruned' && history[key]?.[position] >= logs[key]) continue;
        this.findings.push(`history's ${key} of epoch ${i + 1} is ${history[key]?.[position]}, its logs' ${logs[key]}`);
      }
    });
  }

  private checkTable({ after, printed, isFinished }: FitSeen): void {
    const table = lastTable(printed);
    if (!table) {
      this.findings.push('no table was printed');
      return;
    }
    for (const [path, values] of this.selected(after)) {
      const { weights, zeros, distinct } = count(values);
      const remaining = `${((100 * (weights - zeros)) / weights).toFixed(2)}%`;
      const layer = path.split('/')[0];
      const rows = table.rows.filter((row) => row.path.split('/')[0] === layer && row.weights === weights);
      const isListed = isFinished && this.asked.inq !== undefined;
      const isRight = ({ levels }: TableRow) => (levels === '-' && !isListed) || Number(levels) === distinct;
      if (rows.some((row) => row.remaining === remaining && isRight(row))) continue;
      const shown = rows.map((row) => `${row.path} ${row.remaining} ${row.levels}`).join('; ');
      this.findings.push(`the table shows (${shown || 'nothing'}) for ${path}: ${remaining}, ${distinct} levels`);
    }
  }
}
