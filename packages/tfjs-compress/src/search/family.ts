import type { TrialResult } from './types.js';

/** Who went on with whose weights. */
export function familyOf(results: readonly TrialResult[]) {
  const byId = new Map(results.map((result) => [result.id, result]));
  const byParent = new Map<string, TrialResult[]>();
  for (const result of results) {
    const siblings = byParent.get(result.spec.parent);
    if (siblings) siblings.push(result);
    else byParent.set(result.spec.parent, [result]);
  }
  const parentOf = ({ spec }: TrialResult) => byId.get(spec.parent);
  /** Since the given model, those of earlier trials that it goes on from with them. */
  const epochsOf = (trial: TrialResult): number => {
    const { epochs } = trial.spec;
    const parent = parentOf(trial);
    return epochs.surgery + epochs.quantize + (parent ? epochsOf(parent) : 0);
  };
  return { parentOf, epochsOf, childrenOf: ({ id }: TrialResult) => byParent.get(id) ?? [] };
}
