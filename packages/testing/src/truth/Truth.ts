import { type Count, count, type HeldKernel, share, type Values } from './kernels.js';
import { Levels } from './Levels.js';
import type { EpochSeen } from './observe.js';
import { type Asked, isKernel } from './options.js';
import { lastTable, type TableRow } from './printed.js';

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
  /** For which output channel a weight is of. */
  kernels: HeldKernel[];
  /**
   * Kernels whose zeros nobody pruned: no range and no number of zeros can be foretold.
   */
  hasFreeZeros?: boolean;
  /**
   * Selected kernels were pruned before: their zeros stay, and fractions are of the
   * others.
   */
  isPruned?: boolean;
  /** fit's number of the first epoch. */
  firstEpoch?: number;
}

/**
 * Judges one model over one fit or several: what the weights are, counted here, against
 * the logs, the history, the printed table and the options. Says what is not so, instead
 * of throwing, for cases run in plain processes too.
 */
export class Truth {
  readonly findings: string[] = [];
  private readonly levels: Levels | undefined;
  private stepsTaken = 0;

  constructor(
    private readonly asked: Asked,
    private readonly options: TruthOptions,
  ) {
    const say = (finding: string) => void this.findings.push(finding);
    if (asked.inq) this.levels = new Levels(asked.inq, { ...options, surgery: asked.surgery, say });
  }

  check(seen: FitSeen): void {
    let previous = seen.before;
    for (const epoch of seen.epochs) {
      this.checkEpoch(epoch, previous, seen.isPartial);
      previous = epoch.values;
    }
    this.levels?.checkFrozen(seen.after, 'after the fit');
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

  private isSelected(path: string): boolean {
    return [this.asked.inq, this.asked.surgery].some((asked) => asked?.isSelected(path));
  }

  private selected(values: Values, by?: 'inq' | 'surgery'): [string, Float32Array][] {
    return [...values].filter(([path]) => (by ? this.asked[by]?.isSelected(path) : this.isSelected(path)));
  }

  /**
   * The share of what INQ has that is levels, of what surgery has (INQ alone: what that
   * has) that is 0.
   */
  private shareOf(values: Values, key: 'zeros' | 'levels'): number {
    const by = key === 'zeros' && this.asked.surgery ? 'surgery' : 'inq';
    const counts: Count[] = this.selected(values, by).map(([path, each]) => count(each, this.levels?.ranges.get(path)));
    return share(counts, key);
  }

  private checkEpoch(
    { epoch, logs, begin, values, pruned, spliced }: EpochSeen,
    previous: Values,
    isPartial: boolean,
  ): void {
    const name = `epoch ${epoch + 1}`;
    const { inq, surgery } = this.asked;
    const { firstEpoch = 0 } = this.options;
    const stepBefore = this.stepsTaken;
    if (inq) {
      this.stepsTaken = logs.inq_step ?? Number.NaN;
      if (!(this.stepsTaken >= stepBefore)) this.findings.push(`${name}: inq_step ${stepBefore} → ${logs.inq_step}`);
      if (this.stepsTaken > stepBefore && !isPartial)
        this.levels!.foretell(previous, begin, stepBefore, this.stepsTaken);
    }
    if (surgery || logs.sparsity !== undefined)
      this.expect(`${name}: sparsity in the logs`, logs.sparsity, this.shareOf(values, 'zeros'));
    for (const [path, each] of values) {
      const { nonFinite } = count(each);
      if (nonFinite > 0) this.findings.push(`${name}: ${path} holds ${nonFinite} NaN or infinite weights`);
    }
    if (inq) {
      // Before the first step no level is fixed; zeros may count or not.
      const zeros = () => {
        const counts = this.selected(values, 'inq').map(([, each]) => count(each));
        return logs.quantized === 0 ? 0 : share(counts, 'zeros');
      };
      const levels = this.stepsTaken > 0 ? this.shareOf(values, 'levels') : zeros();
      const isKnown = !this.options.hasFreeZeros || this.stepsTaken === inq.steps.length;
      if (isKnown) this.expect(`${name}: quantized in the logs`, logs.quantized, levels);
      if (this.stepsTaken > 0 && isKnown) this.levels!.checkFraction(values, inq.steps[this.stepsTaken - 1], name);
      if (inq.stepsAt && !isPartial) this.expect(`${name}: inq_step`, this.stepsTaken, inq.stepsAt(epoch - firstEpoch));
      if (stepBefore > 0) this.levels!.checkHeld(previous, values, name);
      else if (this.stepsTaken === 1 && !isPartial) this.levels!.checkRandom(previous, values, name);
    } else if (surgery && !isPartial && !this.options.hasFreeZeros) {
      this.expect(`${name}: pruned in the logs`, logs.pruned, pruned);
      this.expect(`${name}: spliced in the logs`, logs.spliced, spliced);
    }
    this.levels?.checkFrozen(values, name);
  }

  private checkAims(after: Values): void {
    const { inq, surgery } = this.asked;
    for (const [path, values] of this.selected(after, 'inq')) {
      const { weights, levels } = count(values, this.levels?.ranges.get(path));
      this.expect(`weights of ${path} that are 0 or a level at the end`, levels, weights);
      this.levels!.checkWidth(path, values);
    }
    // INQ's smallest weights become 0 as well.
    const checkTarget = (what: string, target: number, { zeros, weights }: { zeros: number; weights: number }) => {
      const isMet = zeros >= target * weights - 1 && (inq || zeros <= target * weights + 1);
      if (!isMet) this.findings.push(`${what} has ${zeros} zeros of ${weights} weights, asked for ${target}`);
    };
    const counts = this.selected(after, 'surgery').map(([path, values]) => ({ path, ...count(values) }));
    const sum = (key: 'zeros' | 'weights') => counts.reduce((total, each) => total + each[key], 0);
    if (surgery?.together !== undefined)
      checkTarget('the model', surgery.together, { zeros: sum('zeros'), weights: sum('weights') });
    for (const { path, ...each } of surgery?.together === undefined ? counts : []) {
      const { targetSparsity } = surgery!.of(path);
      if (targetSparsity !== undefined) checkTarget(path, targetSparsity, each);
    }
  }

  private checkUnselected({ before, after, printed }: FitSeen): void {
    for (const [path, values] of after) {
      if (this.isSelected(path) || !isKernel(path)) continue;
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
        // A fit that is stopped and finished may put the figures of the end into its
        // history, if they are right.
        const atEnd = { sparsity: 'zeros', quantized: 'levels' }[key] as 'zeros' | 'levels' | undefined;
        const isOfTheEnd = isLast && isStopped && isFinished;
        if (isOfTheEnd && atEnd && history[key]?.[position] === this.shareOf(after, atEnd)) continue;
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
      const isListed = isFinished && this.asked.inq?.isSelected(path);
      const isRight = ({ levels }: TableRow) => (levels === '-' && !isListed) || Number(levels) === distinct;
      if (rows.some((row) => row.remaining === remaining && isRight(row))) continue;
      const shown = rows.map((row) => `${row.path} ${row.remaining} ${row.levels}`).join('; ');
      this.findings.push(`the table shows (${shown || 'nothing'}) for ${path}: ${remaining}, ${distinct} levels`);
    }
  }
}
