import type { CompressibleKernel } from '@tfjs-compress/layers';
import {
  magnitudeStats,
  polynomialDecay,
  type SurgeryThresholds,
  surgeryThresholds,
  thresholdsForSparsity,
} from '@tfjs-compress/math';

/** Optimizer steps: from the one, before the other. */
export interface Window {
  beginStep: number;
  endStep: number;
}

/** When and how hard one kernel is pruned. Plain JSON: a paused run keeps it. */
export interface Plan extends Partial<Window> {
  targetSparsity?: number;
  /** What targetSparsity's schedule starts from: what was pruned before. */
  initialSparsity: number;
  rate?: number;
  hysteresis: number;
  /** With rate: fixed at beginStep. */
  thresholds?: SurgeryThresholds;
  isDone: boolean;
}

/** A plan whose window is settled. */
export type Scheduled = Plan & Window;

/** The paper updates the masks at every step; along a schedule 100 updates are enough. */
export function defaultFrequency({ rate, beginStep, endStep }: Scheduled): number {
  return rate === undefined ? Math.max(1, Math.floor((endStep - beginStep) / 100)) : 1;
}

/** The sparsity that the cubic schedule (Zhu and Gupta, Eq. 1) asks for at a step. */
export function sparsityAt({ beginStep, endStep, initialSparsity, targetSparsity }: Scheduled, step: number): number {
  return polynomialDecay({ initialValue: initialSparsity, finalValue: targetSparsity!, beginStep, endStep })(step);
}

/**
 * The paper's thresholds from the weights as they are now (DNS, section 3.2).
 *
 * @param others Values that mean and deviation are taken over as well: the bias's, as in
 *   the authors' code.
 * @throws Error when they would leave no weight.
 */
export async function rateThresholds(
  kernel: CompressibleKernel,
  path: string,
  { rate, hysteresis }: Plan,
  others: Float32Array[],
): Promise<SurgeryThresholds> {
  const values = await kernel.values();
  const thresholds = surgeryThresholds(magnitudeStats([values, ...others]), rate!, hysteresis);
  if (values.some((value) => Math.abs(value) >= thresholds.a)) return thresholds;
  throw new Error(`SurgeryCallback: rate ${rate} prunes every weight of ${path}; take a lower one for this layer.`);
}

/** The thresholds that lead to what the schedule of targetSparsity asks for at a step. */
export async function targetThresholds(
  kernel: CompressibleKernel,
  plan: Scheduled,
  step: number,
): Promise<SurgeryThresholds> {
  return thresholdsForSparsity(await kernel.values(), kernel.states, sparsityAt(plan, step), plan.hysteresis);
}
