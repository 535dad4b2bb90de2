import { triggerProbability } from '@tfjs-compress/math';
import { random } from '@tfjs-compress/math/internal';
import type { SurgeryOptions } from './surgeryArgs.js';
import { defaultFrequency, type Plan, type Scheduled, sparsityAt, type Window } from './surgeryPlan.js';
import type { TrainingClock } from './TrainingClock.js';

/**
 * The step at which masks are fixed by default, of a training with no other callback of
 * ours.
 */
function aloneUntil(totalSteps: number): number {
  return Math.max(1, Math.floor(0.8 * totalSteps));
}

/** @throws Error when pruning would begin where the masks are fixed by default. */
export function checkBegin(beginStep: number, totalSteps: number, endStep = aloneUntil(totalSteps)): void {
  if (beginStep < endStep) return;
  throw new Error(
    `beginStep ${beginStep} leaves no steps to prune in: the masks are fixed at step ${endStep} of ${totalSteps} by default. ` +
      'Give endStep, or lower beginStep.',
  );
}

/**
 * The window of kernels for which nobody gave one.
 *
 * @param other A callback that needs epochs after the masks are fixed, and how many.
 * @throws Error when the training is too short.
 */
export function defaultWindow(
  beginStep: number,
  { epochs, stepsPerEpoch, totalSteps }: TrainingClock,
  other: { label: string; fewestEpochs: number } | undefined,
): Window {
  if (other && other.fewestEpochs >= epochs) {
    throw new Error(
      `${other.label} needs ${other.fewestEpochs} epochs after the masks are fixed, and this training has ${epochs}: expected ` +
        `at least ${other.fewestEpochs + 1}. Raise epochs, or give ${other.label} fewer steps.`,
    );
  }
  const half = () => Math.min(Math.max(1, Math.floor(epochs / 2)), epochs - other!.fewestEpochs) * stepsPerEpoch!;
  const endStep = other ? half() : aloneUntil(totalSteps!);
  checkBegin(beginStep, totalSteps!, endStep);
  return { beginStep, endStep };
}

/**
 * @throws Error when the training ends before the window of a plan does, with what would
 * be reached.
 */
export function checkWindow(
  path: string,
  plan: Plan & Window,
  { epochs, stepsPerEpoch, totalSteps }: TrainingClock,
): void {
  const { beginStep, endStep, rate, targetSparsity } = plan;
  if (totalSteps === undefined || plan.isDone || endStep <= totalSteps) return;
  const sparsity = () =>
    `a sparsity of ${sparsityAt(plan, totalSteps).toFixed(2)} of ${targetSparsity} would be reached`;
  const reached = rate === undefined ? sparsity() : 'the masks would not be fixed';
  throw new Error(
    `endStep ${endStep} lies beyond the ${totalSteps} steps of this training (${epochs} epochs of ${stepsPerEpoch}), beginStep is ` +
      `${beginStep}: ${beginStep >= totalSteps ? 'nothing would be pruned' : reached} (${path}). Lower endStep, raise epochs to ` +
      `${Math.ceil(endStep / stepsPerEpoch!)}, or set whenStopped: 'keep' to go on in a later fit.`,
  );
}

/**
 * Whether a kernel's masks are to be fixed at this step. Those that are to be fixed at
 * the very end are, before the last batch: fit validates inside it.
 */
export function isOver(
  { endStep }: Window,
  { isLastEpoch, isLastBatch, totalSteps, stepsBegun }: TrainingClock,
): boolean {
  return stepsBegun >= endStep || (isLastEpoch && isLastBatch && endStep <= totalSteps!);
}

/**
 * Whether a kernel's mask is updated at this step: every `frequency` of them, with the
 * probability that gamma and power give (DNS, section 3.2).
 *
 * @param index Which of the kernels: each has random numbers of its own.
 */
export function isDue(
  plan: Scheduled,
  { gamma, power, seed, frequency = defaultFrequency(plan) }: SurgeryOptions,
  step: number,
  index: number,
): boolean {
  const sinceBegin = step - plan.beginStep;
  if (sinceBegin % frequency !== 0) return false;
  return random(seed, index, step) < triggerProbability(sinceBegin, gamma, power);
}
