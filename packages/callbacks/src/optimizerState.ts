import { type Optimizer, scalar, tidy, type Variable } from '@tensorflow/tfjs-core';

interface WithLearningRate {
  learningRate: number;
  /** SGD and momentum keep the rate in a tensor as well. */
  setLearningRate?(rate: number): void;
}

/** @returns undefined when the optimizer has no learning rate under that name. */
export function learningRateOf(optimizer: Optimizer): number | undefined {
  const rate = (optimizer as unknown as WithLearningRate).learningRate;
  return typeof rate === 'number' ? rate : undefined;
}

export function setLearningRate(optimizer: Optimizer, rate: number): void {
  const target = optimizer as unknown as WithLearningRate;
  if (target.setLearningRate) target.setLearningRate(rate);
  else target.learningRate = rate;
}

/** The running powers of Adam's beta1 and beta2, and after how many steps. */
export interface AdamPowers {
  iterations: number;
  powers: number[];
}

type WithPowers = Optimizer & Partial<Record<'accBeta1' | 'accBeta2', Variable>>;

/**
 * What a saved Adam loses: loading computes its running products anew, as powers, which
 * differ in the last bits.
 */
export async function adamPowers(optimizer: Optimizer): Promise<AdamPowers | undefined> {
  const { accBeta1, accBeta2, iterations } = optimizer as WithPowers;
  if (!accBeta1 || !accBeta2) return undefined;
  const [beta1, beta2] = await Promise.all([accBeta1.data(), accBeta2.data()]);
  return { iterations, powers: [beta1[0], beta2[0]] };
}

/**
 * Gives them back to the optimizer that they were taken from; another one, compiled
 * since, is left alone.
 */
export function restoreAdamPowers(optimizer: Optimizer, saved: AdamPowers | undefined): void {
  const { accBeta1, accBeta2, iterations } = optimizer as WithPowers;
  if (!saved || !accBeta1 || !accBeta2 || iterations !== saved.iterations) return;
  tidy(() => {
    accBeta1.assign(scalar(saved.powers[0]));
    accBeta2.assign(scalar(saved.powers[1]));
  });
}
