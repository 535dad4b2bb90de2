import type { Case } from './axes.js';

/** Options beside the aims, each set with something for each callback. */
export const optionSets = [
  'plain',
  'per channel, one scope',
  'random, biases',
  'overrides',
  'skip',
  'early',
  'phases',
  'keepZeros',
] as const;
export type OptionSet = (typeof optionSets)[number];

/** What INQScheduler's options ask for. */
export interface InqAsked {
  steps: number[];
  partition: 'magnitude' | 'random';
  isSelected(path: string): boolean;
  of(path: string): { bits: number; perChannel: boolean };
  /** Steps taken at the end of an epoch (0 is the first), where the options say when. */
  stepsAt?(epoch: number): number;
}

/** What SurgeryCallback's options ask for. */
export interface SurgeryAsked {
  /** Kernels, and biases where they are pruned as well. */
  isSelected(path: string): boolean;
  of(path: string): KernelPlan;
  /** One target over all kernels. */
  together?: number;
  frequency: number;
  /** Nothing is left to chance: an update that is due takes place. */
  isCertain: boolean;
  /** With rate: mean and deviation over the bias, too. */
  isPooled: boolean;
}

export interface KernelPlan {
  targetSparsity?: number;
  rate?: number;
  hysteresis: number;
  /** Optimizer steps. */
  beginStep: number;
  endStep: number;
}

/** What the options of the callbacks ask for. */
export interface Asked {
  inq?: InqAsked;
  surgery?: SurgeryAsked;
}

export interface Extent {
  epochs: number;
  stepsPerEpoch: number;
}

const steps = [0.4, 0.75, 1];
const targetSparsity = 0.6;
const rate = 0.2;

/**
 * The arguments of the callbacks of a plan, and what the documentation says that they ask
 * for.
 *
 * @param isTaken Whether a kernel is selected where neither overrides nor phases say
 *   otherwise.
 */
export function planOf(
  c: Case,
  plan: string,
  extent: Extent,
  isTaken: (path: string) => boolean,
): { asked: Asked; inqArgs: object; surgeryArgs: object } {
  const parts = plan.split('+');
  const isBoth = parts.length > 1;
  const surgery = surgeryOf(c, parts[0] === 'inq' ? parts[1] : parts[0], extent, isTaken, isBoth);
  const from = isBoth ? Math.ceil(surgery.lastStep / extent.stepsPerEpoch) : 0;
  const inq = inqOf(c, isTaken, isBoth, from);
  const asked: Asked = {
    ...(parts.includes('inq') && { inq: inq.asked }),
    ...(plan !== 'inq' && { surgery: surgery.asked }),
  };
  return { asked, inqArgs: inq.args, surgeryArgs: surgery.args };
}

const isHead = (path: string) => path.startsWith('head/');

function inqOf({ options, bits }: Case, isTaken: (path: string) => boolean, isBoth: boolean, from: number) {
  const others = { bits: bits === 2 ? 4 : bits - 1, perChannel: true };
  const sets: Partial<Record<OptionSet, object>> = {
    'per channel, one scope': { perChannel: true },
    'random, biases': { partition: 'random' },
    overrides: { overrides: { head: others } },
    // Beside surgery, which skips it, INQ takes the head.
    skip: isBoth ? {} : { overrides: { head: { skip: true } } },
    early: { epochsPerStep: 1 },
    phases: { partition: 'random', perChannel: true, seed: 3 },
    keepZeros: { keepZeros: true },
  };
  const perChannel = options === 'per channel, one scope' || options === 'phases';
  const asked: InqAsked = {
    steps,
    partition: options === 'random, biases' || options === 'phases' ? 'random' : 'magnitude',
    isSelected: (path) => isKernel(path) && isTaken(path) && !(options === 'skip' && !isBoth && isHead(path)),
    of: (path) => (options === 'overrides' && isHead(path) ? others : { bits, perChannel }),
    ...(options === 'early' && {
      stepsAt: (epoch) => Math.max(0, Math.min(steps.length - 1, epoch - from + 1) + Number(epoch >= from + 1)),
    }),
  };
  return { args: { steps, bits, ...sets[options] }, asked };
}

function surgeryOf(c: Case, by: string, extent: Extent, isTaken: (path: string) => boolean, isBoth: boolean) {
  const { options, situation } = c;
  const { epochs, stepsPerEpoch: each } = extent;
  const aim = by === 'rate' ? { rate } : { targetSparsity };
  const otherAim = by === 'rate' ? { targetSparsity: 0.5 } : { rate: 0.3 };
  const isTogether = options === 'per channel, one scope' && by !== 'rate';
  // How long an epoch is cannot be known.
  const given = situation === 'dataset of unknown size' ? { endStep: 5 } : {};
  const early = { beginStep: Math.min(2, each), endStep: 2 * each + 1 };
  const phases = [
    { include: /^(?!head\/)/, beginStep: 0, endStep: each },
    { include: 'head', beginStep: each, endStep: 3 * each },
  ];
  const sets: Partial<Record<OptionSet, object>> = {
    'per channel, one scope': isTogether ? { scope: 'model' } : { thresholdsFrom: 'kernel' },
    'random, biases': { pruneBias: true },
    overrides: { overrides: { head: { ...otherAim, hysteresis: 0.3 } } },
    skip: { overrides: { head: { skip: true } } },
    early: { ...early, frequency: 2, gamma: 0 },
    phases: { phases },
    keepZeros: { keepZeros: true, hysteresis: 0.4, gamma: 0 },
  };
  const defaultEnd = isBoth ? Math.floor(epochs / 2) * each : Math.floor(0.8 * epochs * each);
  const whole = { beginStep: 0, endStep: defaultEnd, ...given };
  const windowOf = (path: string) => {
    if (options === 'early') return early;
    const { beginStep, endStep } = phases[Number(isHead(path))];
    return options === 'phases' ? { beginStep, endStep } : whole;
  };
  const asked: SurgeryAsked = {
    isSelected: (path) =>
      (isKernel(path) || options === 'random, biases') && isTaken(path) && !(options === 'skip' && isHead(path)),
    of: (path) => ({
      ...(options === 'overrides' && isHead(path) ? otherAim : isKernel(path) ? aim : {}),
      hysteresis: options === 'keepZeros' ? 0.4 : options === 'overrides' && isHead(path) ? 0.3 : 0.1,
      ...windowOf(path),
    }),
    ...(isTogether && { together: targetSparsity }),
    frequency: options === 'early' ? 2 : 1,
    isCertain: options === 'early' || options === 'keepZeros',
    isPooled: !(options === 'per channel, one scope' && by === 'rate'),
  };
  const lastStep = Math.max(windowOf('').endStep, windowOf('head/').endStep);
  return { args: { ...aim, ...given, ...sets[options] }, asked, lastStep };
}

export const isKernel = (path: string) => !path.endsWith('/bias');
