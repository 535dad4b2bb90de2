import { channelOf, count, type Values } from './kernels.js';
import type { InqAsked, SurgeryAsked } from './options.js';
import { isLevel, levelOf, type Range, rangesOf } from './reference.js';
import type { TruthOptions } from './Truth.js';

export interface LevelsOptions extends TruthOptions {
  /** Surgery in the same fit. */
  surgery?: SurgeryAsked;
  say(finding: string): void;
}

/**
 * Judges INQ: which weights its steps freeze, at which levels, and that they stay there.
 */
export class Levels {
  /** Of each weight, from the weights before the first step. */
  readonly ranges = new Map<string, (Range | null)[]>();
  /** What the frozen weights must be, by path; NaN for the others. */
  private frozen = new Map<string, Float64Array>();
  /** Zeros that surgery left, when the first step was taken. */
  private pruned = new Map<string, Set<number>>();

  constructor(
    private readonly asked: InqAsked,
    private readonly options: LevelsOptions,
  ) {}

  /**
   * A step was taken with the weights as they were before the epoch: works out which of
   * them it froze, and at what.
   */
  foretell(previous: Values, begin: Values | undefined, stepBefore: number, stepsTaken: number): void {
    const { steps, partition } = this.asked;
    for (const [path, values] of this.selected(previous)) {
      if (stepBefore === 0 && !this.ranges.has(path)) this.ranges.set(path, this.rangesFor(path, values));
      const ranges = this.ranges.get(path);
      // At the last step all others follow, from weights that nobody outside sees.
      const fraction = steps[Math.min(stepsTaken, steps.length - 1) - 1];
      if (!ranges || partition !== 'magnitude' || this.options.hasFreeZeros || fraction === undefined) continue;
      const frozen = this.frozen.get(path) ?? new Float64Array(values.length).fill(Number.NaN);
      if (!this.pruned.has(path)) this.pruned.set(path, this.prunedOf(path, values, begin?.get(path), fraction));
      const pruned = this.pruned.get(path)!;
      for (const i of pruned) frozen[i] = 0;
      const candidates = values.length - pruned.size;
      const hasSurgery = this.options.surgery?.isSelected(path);
      // Zeros that surgery brought back at this very moment, with values that nobody
      // outside has seen.
      const back = [...values.keys()].filter((i) => hasSurgery && values[i] === 0 && !pruned.has(i)).length;
      const free = [...values.keys()].filter((i) => Number.isNaN(frozen[i]));
      free.sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]));
      // One less than the fraction, and one more frozen before: how fractions are rounded
      // is not the papers' business.
      const before = stepBefore > 0 ? Math.ceil(steps[stepBefore - 1] * candidates) + 1 : 0;
      const wanted = Math.max(0, Math.floor(fraction * candidates) - before - 1 - (stepBefore > 0 ? 0 : back));
      const limit = Math.abs(values[free[wanted]] ?? 0);
      for (const i of free.slice(0, wanted)) {
        const range = ranges[i];
        if (range && Math.abs(values[i]) > limit) frozen[i] = levelOf(values[i], range);
      }
      this.frozen.set(path, frozen);
    }
  }

  /** INQ's ranges: of the kernel, or of each output channel. */
  private rangesFor(path: string, values: Float32Array): (Range | null)[] {
    const { bits, perChannel } = this.asked.of(path);
    const kernel = this.options.kernels.find((each) => each.path === path)!;
    return rangesOf(values, bits, perChannel ? channelOf(kernel) : undefined);
  }

  /**
   * What is 0 or a level once steps are taken stays so: a weight that is trained comes to
   * lie on one by chance alone.
   */
  checkHeld(previous: Values, now: Values, name: string): void {
    if (this.options.hasFreeZeros) return;
    for (const [path, values] of this.selected(now)) {
      const [before, ranges] = [previous.get(path)!, this.ranges.get(path)];
      const moved = [...before.keys()].filter((i) => isLevel(before[i], ranges?.[i]) && values[i] !== before[i]);
      if (moved.length > 0) this.options.say(`${name}: ${moved.length} frozen weights of ${path} have changed`);
    }
  }

  /**
   * The first step with partition 'random': its fraction is frozen, at their levels, and
   * not the largest ones.
   */
  checkRandom(previous: Values, now: Values, name: string): void {
    const { partition, steps } = this.asked;
    if (partition !== 'random' || this.options.hasFreeZeros || this.options.surgery) return;
    for (const [path, values] of this.selected(now)) {
      const [before, ranges] = [previous.get(path)!, this.ranges.get(path)];
      const candidates = [...before.keys()].filter((i) => !(this.options.isPruned && before[i] === 0));
      const frozen = candidates.filter((i) => isLevel(values[i], ranges?.[i]));
      const wanted = steps[0] * candidates.length;
      if (Math.abs(frozen.length - wanted) > 1)
        this.options.say(`${name}: ${frozen.length} weights of ${path} are frozen, asked for ${wanted}`);
      const wrong = frozen.filter((i) => ranges?.[i] && values[i] !== levelOf(before[i], ranges[i]));
      if (wrong.length > 0) this.options.say(`${name}: ${wrong.length} weights of ${path} are not on their level`);
      candidates.sort((i, j) => Math.abs(before[j]) - Math.abs(before[i]));
      const largest = new Set(candidates.slice(0, frozen.length));
      if (frozen.length > 3 && frozen.every((i) => largest.has(i)))
        this.options.say(`${name}: of ${path} the largest weights are frozen, asked for random ones`);
    }
  }

  /**
   * Which zeros are pruned ones when INQ's first step is taken. Beside surgery in the
   * same fit its masks may have got their last form between the last epoch's end and the
   * step, so that the weights after the step are looked at, too.
   */
  private prunedOf(
    path: string,
    previous: Float32Array,
    begin: Float32Array | undefined,
    fraction: number,
  ): Set<number> {
    const all = [...previous.keys()];
    if (!this.options.surgery?.isSelected(path) || !begin)
      return new Set(all.filter((i) => this.options.isPruned && previous[i] === 0));
    const magnitudes = [...previous].map(Math.abs).sort((a, b) => b - a);
    const remaining = begin.filter((value) => value !== 0).length;
    // What was large is 0 because INQ made it so.
    const limit = magnitudes[Math.floor(fraction * remaining)] ?? 0;
    return new Set(all.filter((i) => begin[i] === 0 && Math.abs(previous[i]) < limit));
  }

  checkFrozen(now: Values, when: string): void {
    for (const [path, frozen] of this.frozen) {
      const values = now.get(path)!;
      const wrong = [...frozen.keys()].filter((i) => !Number.isNaN(frozen[i]) && values[i] !== frozen[i]);
      if (wrong.length === 0) continue;
      const i = wrong[0];
      this.options.say(
        `${when}: ${wrong.length} of the frozen weights of ${path} are not what INQ makes of them (${values[i]} for ${frozen[i]})`,
      );
    }
  }

  /**
   * 2^(bits-1) values beside 0, half of them of each sign: so many octaves at most, in
   * the kernel or each channel.
   */
  checkWidth(path: string, values: Float32Array): void {
    const { bits, perChannel } = this.asked.of(path);
    const channel = channelOf(this.options.kernels.find((each) => each.path === path)!);
    const extremes = new Map<number, [number, number]>();
    for (const [i, value] of values.entries()) {
      if (value === 0) continue;
      const [key, exponent] = [perChannel ? channel(i) : 0, Math.log2(Math.abs(value))];
      const [least, most] = extremes.get(key) ?? [exponent, exponent];
      extremes.set(key, [Math.min(least, exponent), Math.max(most, exponent)]);
    }
    const width = Math.max(0, ...[...extremes.values()].map(([least, most]) => most - least + 1));
    const allowed = 2 ** (bits - 1) / 2;
    if (width > allowed) this.options.say(`${path} has exponents over ${width} octaves, ${allowed} allowed`);
  }

  /** At least a step's fraction of each kernel is levels. */
  checkFraction(values: Values, fraction: number, name: string): void {
    for (const [path, each] of this.selected(values)) {
      const { levels, weights } = count(each, this.ranges.get(path));
      if (levels >= Math.floor(fraction * weights) - 1) continue;
      this.options.say(`${name}: ${path} has ${levels} levels of ${weights} weights, asked for ${fraction}`);
    }
  }

  private selected(values: Values): [string, Float32Array][] {
    return [...values].filter(([path]) => this.asked.isSelected(path));
  }
}
