import { checkCompressionArgs, type Selector } from '@tfjs-compress/layers';
import { check, checkInteger, checkKnownOptions } from '@tfjs-compress/math';
import { type CompressionCallbackArgs, commonOptions } from './CompressionCallback.js';

export interface SurgeryOverride {
  /** Portion of the kernel's weights to prune, in [0, 1). Lower than what is 0 already, it brings weights back, and a line says so. */
  targetSparsity?: number;
  /** The paper's c: thresholds around mean + c · standard deviation of the magnitudes. Not beside targetSparsity. */
  rate?: number;
  /** h: weights below (1-h)·t are pruned, those from (1+h)·t on spliced back, the others left as they are. Default .1. */
  hysteresis?: number;
}

/** A part of the network that is pruned in a window of its own. */
export interface SurgeryPhase {
  include: Selector | Selector[];
  beginStep: number;
  endStep: number;
}

export interface SurgeryCallbackArgs extends CompressionCallbackArgs<SurgeryOverride>, SurgeryOverride {
  /** The optimizer step before which pruning starts. Default 0. */
  beginStep?: number;
  /** The step before which the masks get their last form; training goes on with them. Default 80% of the fit's steps. */
  endStep?: number;
  /** Masks are looked at every so many steps. Default 1 with rate (the paper's), else 100 times in all. */
  frequency?: number;
  /** A mask is updated with probability (1 + gamma · step)^-power, steps counted from beginStep. Defaults 1e-4 and 1. */
  gamma?: number;
  power?: number;
  /** Windows for parts of the network, such as convolutions first, then dense layers. Only what they select is pruned. */
  phases?: SurgeryPhase[];
  /** Prune biases with the threshold of their kernel. Default false. */
  pruneBias?: boolean;
  /** Whose magnitudes make mean and deviation with `rate`: kernel and bias pooled (default, the authors'), or the kernel's. */
  thresholdsFrom?: 'kernelAndBias' | 'kernel';
}

export const overrideOptions = ['targetSparsity', 'rate', 'hysteresis'] as const;
const ownOptions = [
  'beginStep',
  'endStep',
  'frequency',
  'gamma',
  'power',
  'phases',
  'pruneBias',
  'thresholdsFrom',
] as const;

export function checkHysteresis(value: unknown, argument: string): void {
  if (value === undefined) return;
  check(typeof value === 'number' && value >= 0 && value < 1, argument, 'a number in [0, 1)', value);
}

/** @throws ArgumentError, or Error for an unknown option. */
export function checkSurgeryArgs(args: SurgeryCallbackArgs): void {
  check(args !== null && typeof args === 'object', 'SurgeryCallback', 'an object of options', args);
  checkKnownOptions(args, [...overrideOptions, ...ownOptions, ...commonOptions], 'SurgeryCallback');
  const { targetSparsity, rate, hysteresis, beginStep = 0, endStep, frequency, gamma, power, phases } = args;
  checkCompressionArgs({ targetSparsity, rate }, 'SurgeryCallback');
  checkHysteresis(hysteresis, 'hysteresis');
  checkInteger(beginStep, 'beginStep', 0);
  if (endStep !== undefined) checkInteger(endStep, 'endStep', beginStep + 1);
  if (frequency !== undefined) checkInteger(frequency, 'frequency', 1);
  for (const [name, value] of Object.entries({ gamma, power })) {
    const ok = value === undefined || (Number.isFinite(value) && value >= 0);
    check(ok, name, 'a number ≥ 0', value);
  }
  const { pruneBias = false, thresholdsFrom = 'kernelAndBias' } = args;
  check(typeof pruneBias === 'boolean', 'pruneBias', 'a boolean', pruneBias);
  check(
    ['kernelAndBias', 'kernel'].includes(thresholdsFrom),
    'thresholdsFrom',
    "'kernelAndBias' or 'kernel'",
    thresholdsFrom,
  );
  if (phases === undefined) return;
  check(Array.isArray(phases) && phases.length > 0, 'phases', 'a list of {include, beginStep, endStep}', phases);
  for (const [i, phase] of phases.entries()) {
    checkKnownOptions(phase, ['include', 'beginStep', 'endStep'], `phases[${i}]`);
    check(phase.include !== undefined, `phases[${i}].include`, 'a selector', phase.include);
    checkInteger(phase.beginStep, `phases[${i}].beginStep`, 0);
    checkInteger(phase.endStep, `phases[${i}].endStep`, phase.beginStep + 1);
  }
}
