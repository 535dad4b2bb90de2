import type { Selector } from '@tfjs-compress/layers';
import { checkCompressionArgs, checkSelectors } from '@tfjs-compress/layers/internal';
import { check, checkInteger, checkKnownOptions, checkOneOf, resolveOptions } from '@tfjs-compress/math/internal';
import {
  type CommonOptions,
  type CompressionCallbackArgs,
  checkCommonOptions,
  commonDefaults,
} from './callbackArgs.js';

export interface SurgeryOverride {
  /**
   * Fraction of the kernel's weights to prune, in [0, 1), met to within one weight. If
   * more are pruned already, the surplus is restored, and a line says so.
   */
  targetSparsity?: number;
  /**
   * The paper's c: thresholds around mean + c · standard deviation of the magnitudes.
   * Instead of targetSparsity.
   */
  rate?: number;
  /**
   * h: weights below (1-h)·t are pruned, those from (1+h)·t on spliced back, the others
   * left as they are. Default .1.
   */
  hysteresis?: number;
}

/** A part of the network that is pruned in a window of its own. */
export interface SurgeryPhase {
  include: Selector | Selector[];
  beginStep: number;
  endStep: number;
}

export interface SurgeryCallbackArgs extends CompressionCallbackArgs<SurgeryOverride>, SurgeryOverride {
  /**
   * What targetSparsity is a fraction of: each kernel by itself ('kernel', default), or
   * all selected kernels together ('model'): then a kernel's threshold is one common
   * factor times the root mean square that its weights had when pruning began, so that
   * kernels which matter more keep more. Each kernel keeps at least one weight.
   */
  scope?: 'kernel' | 'model';
  /** The optimizer step before which pruning starts. Default 0. */
  beginStep?: number;
  /**
   * The step before which the masks get their last form; training goes on with them.
   * Default 80% of the fit's steps; beside an INQScheduler half of its epochs.
   */
  endStep?: number;
  /**
   * Steps between two mask updates. Default 1 with rate (the paper's), else so many that
   * there are 100 updates.
   */
  frequency?: number;
  /**
   * A mask is updated with probability (1 + gamma · step)^-power, steps counted from
   * beginStep. Defaults 1e-4 and 1.
   */
  gamma?: number;
  power?: number;
  /**
   * Windows for parts of the network, such as convolutions first, then dense layers. Only
   * what they select is pruned.
   */
  phases?: SurgeryPhase[];
  /** Prune biases with the threshold of their kernel. Default false. */
  pruneBias?: boolean;
  /**
   * Whose magnitudes make mean and deviation with `rate`: kernel and bias pooled
   * (default, the authors'), or the kernel's.
   */
  thresholdsFrom?: 'kernelAndBias' | 'kernel';
}

/** The options as they are used. */
export interface SurgeryOptions extends CommonOptions {
  targetSparsity: number | undefined;
  rate: number | undefined;
  hysteresis: number;
  scope: 'kernel' | 'model';
  beginStep: number;
  endStep: number | undefined;
  frequency: number | undefined;
  gamma: number;
  power: number;
  phases: SurgeryPhase[] | undefined;
  pruneBias: boolean;
  thresholdsFrom: 'kernelAndBias' | 'kernel';
}

export const overrideOptions = ['targetSparsity', 'rate', 'hysteresis'] as const;

export function checkHysteresis(value: unknown, argument: string): void {
  check(typeof value === 'number' && value >= 0 && value < 1, argument, 'a number in [0, 1)', value);
}

/** @throws ArgumentError, or Error for an unknown option. */
export function resolveSurgeryArgs(args: SurgeryCallbackArgs): SurgeryOptions {
  check(args !== undefined, 'SurgeryCallback', 'options such as { targetSparsity: 0.8 }', args);
  const options = resolveOptions<Record<keyof SurgeryOptions, any>>('SurgeryCallback', args, {
    ...commonDefaults,
    targetSparsity: undefined,
    rate: undefined,
    hysteresis: 0.1,
    scope: 'kernel',
    beginStep: 0,
    endStep: undefined,
    frequency: undefined,
    gamma: 1e-4,
    power: 1,
    phases: undefined,
    pruneBias: false,
    thresholdsFrom: 'kernelAndBias',
  }) as SurgeryOptions;
  checkCommonOptions(options);
  const { targetSparsity, rate, beginStep, endStep, frequency, gamma, power, phases } = options;
  checkCompressionArgs({ targetSparsity, rate }, 'SurgeryCallback');
  checkHysteresis(options.hysteresis, 'hysteresis');
  checkOneOf(options.scope, ['kernel', 'model'], 'scope');
  checkInteger(beginStep, 'beginStep', 0);
  if (endStep !== undefined) checkInteger(endStep, 'endStep', beginStep + 1);
  if (frequency !== undefined) checkInteger(frequency, 'frequency', 1);
  for (const [name, value] of Object.entries({ gamma, power })) {
    check(Number.isFinite(value) && value >= 0, name, 'a number ≥ 0', value);
  }
  check(typeof options.pruneBias === 'boolean', 'pruneBias', 'a boolean', options.pruneBias);
  checkOneOf(options.thresholdsFrom, ['kernelAndBias', 'kernel'], 'thresholdsFrom');
  if (phases !== undefined) checkPhases(phases);
  if (options.scope === 'model') checkModelScope(options);
  return options;
}

function checkPhases(phases: unknown): void {
  const expected = 'a list of { include, beginStep, endStep }';
  check(Array.isArray(phases) && phases.length > 0, 'phases', expected, phases);
  for (const [i, phase] of phases.entries()) {
    check(phase !== null && typeof phase === 'object', `phases[${i}]`, '{ include, beginStep, endStep }', phase);
    checkKnownOptions(phase, ['include', 'beginStep', 'endStep'], `phases[${i}]`);
    checkSelectors(phase.include, `phases[${i}].include`);
    checkInteger(phase.beginStep, `phases[${i}].beginStep`, 0);
    checkInteger(phase.endStep, `phases[${i}].endStep`, phase.beginStep + 1);
  }
}

/** With one threshold for all there is one target and one window. */
function checkModelScope({ targetSparsity, phases, overrides = {}, pruneBias }: SurgeryOptions): void {
  check(targetSparsity !== undefined, "scope 'model': targetSparsity", 'a number in [0, 1)', targetSparsity);
  check(phases === undefined, "scope 'model': phases", 'no phases', phases);
  check(!pruneBias, "scope 'model': pruneBias", 'false', pruneBias);
  for (const [selector, override] of Object.entries(overrides)) {
    const { skip: _, ...rest } = override as { skip?: boolean };
    check(Object.keys(rest).length === 0, `scope 'model': overrides['${selector}']`, 'nothing but skip', override);
  }
}
