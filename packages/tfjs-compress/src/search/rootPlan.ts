import type { CostOf } from './choosePlan.js';
import type { Baseline, KernelChoice, Plan } from './types.js';

/**
 * The plan in which each kernel keeps weights in proportion to the square root of how
 * many it has, with a cost of about `target` at most. It knows nothing of the model;
 * after long training it is often better than what the untrained sensitivities say. For
 * square kernels it is the Erdős–Rényi rule (Mocanu et al., 2018, arXiv:1707.04780; Evci
 * et al., ICML 2020, arXiv:1911.11134).
 *
 * @param bits Of all kernels.
 */
export function rootPlan({ kernels }: Baseline, costOf: CostOf, target: number, bits: number): Plan {
  const all = Object.entries(kernels).map(([path, { weights, choices }]) => ({
    path,
    weights,
    choices: choices.filter((choice) => choice.bits === bits),
  }));
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const cost = at(middle).reduce((sum, { path, choice }) => sum + costOf(path, choice), 0);
    if (cost > target) high = middle;
    else low = middle;
  }
  return Object.fromEntries(
    at(low).map(({ path, choice }) => [path, { sparsity: choice.sparsity, bits: choice.bits }]),
  );

  /** @param part 0 is nothing, 1 all of the largest kernel. */
  function at(part: number): { path: string; choice: KernelChoice }[] {
    const most = Math.sqrt(Math.max(...all.map(({ weights }) => weights)));
    return all.map(({ path, weights, choices }) => {
      const wanted = Math.log(Math.min(1, Math.max(1 / weights, (part * most) / Math.sqrt(weights))));
      const distance = ({ sparsity }: KernelChoice) => Math.abs(Math.log(1 - sparsity) - wanted);
      return { path, choice: choices.reduce((best, each) => (distance(each) < distance(best) ? each : best)) };
    });
  }
}
