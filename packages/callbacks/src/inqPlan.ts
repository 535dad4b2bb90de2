import type { Codebook } from '@tfjs-compress/math';

/**
 * When the steps of INQ come: epochs are counted from the beginning of the plan. Plain
 * JSON: a kept run holds it.
 */
export interface INQPlan {
  /** Steps with re-training after them: all but the last. */
  stages: number;
  /** Steps taken before the epochs that are divided here. */
  taken: number;
  /** The first of those epochs. */
  from: number;
  /** The end of those epochs, after which the last step is taken. */
  to: number;
  /** Epochs of re-training after each step; divided evenly when undefined. */
  epochsPerStep?: number;
}

/**
 * Parts into which the epochs are divided: on a resume, what is left of the present stage
 * is one, too.
 */
function parts({ stages, taken }: INQPlan): number {
  return taken === 0 ? stages : stages - taken + 1;
}

/**
 * The epoch at whose beginning step number `step` (0 is the first) is taken; for the last
 * step, the epochs before its end.
 */
export function beginOf(plan: INQPlan, step: number): number {
  const { stages, taken, from, to, epochsPerStep } = plan;
  if (step >= stages) return to;
  const before = taken === 0 ? step : step - taken + 1;
  if (epochsPerStep !== undefined) return from + before * epochsPerStep;
  return from + Math.floor((before * (to - from)) / Math.max(1, parts(plan)));
}

/** The least number of epochs that the plan needs from `from` on. */
export function neededEpochs(plan: INQPlan): number {
  return Math.max(1, parts(plan) * (plan.epochsPerStep ?? 1));
}

/**
 * What the error says of a training that is too short for its steps.
 *
 * @param plan.taken Steps so far.
 * @param plan.after Epochs in which SurgeryCallback prunes before the steps begin.
 */
export function tooFewEpochs(
  { steps, epochsPerStep }: { steps: readonly number[]; epochsPerStep?: number },
  { taken, needed, has, after }: Record<'taken' | 'needed' | 'has' | 'after', number>,
): string {
  const what = taken > 0 ? `${steps.length - taken} of ${steps.length} steps are left and` : `${steps.length} steps`;
  const surgery = after > 0 ? `, after the ${after} in which SurgeryCallback prunes,` : '';
  const per = epochsPerStep ? ` (epochsPerStep ${epochsPerStep})` : '';
  return (
    `${what} need at least ${needed} epochs${per}${surgery} and this training has ${has}. ` +
    "Raise epochs or take fewer steps; with epochsPerStep and whenStopped: 'keep' the plan may take several fits."
  );
}

/** What a paused run needs, beside states and weights. */
export interface INQProgress {
  stepsTaken: number;
  plan?: INQPlan;
  /** The epoch in which the last step was taken. */
  epochOfStep: number;
  learningRate?: number;
  /** The levels, by path: fixed from the weights before the first step. */
  codebooks: Record<string, Codebook>;
  /** What the kernels would have taken before the first step. */
  bitsBefore?: number;
}
