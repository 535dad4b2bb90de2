import { check, checkInteger, checkKnownOptions, resolveOptions } from '../checks.js';

export interface DetectOptions {
  /** Default 100. */
  maxDetections?: number;
  /** Default 0.05. */
  scoreThreshold?: number;
  /** Of two of a class that overlap by more, the better stays. Default 0.5. */
  iouThreshold?: number;
  /** Proposals that are classified. Default 100, the paper's headline. */
  proposals?: number;
  /**
   * Of two proposals that overlap by more, the better stays. Default 0.7 (the paper);
   * where objects are many, less finds more of them.
   */
  proposalIouThreshold?: number;
  /**
   * How often the boxes go through the detection stage once more, as its proposals: they
   * get tighter for the time of the stage. Default 0.
   */
  refinements?: number;
}

/** Used where neither the call nor the model says otherwise. */
export const detectDefaults: Required<DetectOptions> = {
  maxDetections: 100,
  scoreThreshold: 0.05,
  iouThreshold: 0.5,
  proposals: 100,
  proposalIouThreshold: 0.7,
  refinements: 0,
};

/**
 * Checks the options, of which `known` may be given, and fills in the defaults.
 *
 * @param defaults Those of the model.
 */
export function detectOptionsOf(
  options: DetectOptions,
  owner: string,
  defaults: DetectOptions = {},
  known: readonly string[] = Object.keys(detectDefaults),
): Required<DetectOptions> {
  checkKnownOptions(options, known, owner);
  const own = resolveOptions(owner, defaults, detectDefaults);
  const all = resolveOptions(owner, options, own);
  for (const key of ['maxDetections', 'proposals'] as const) checkInteger(all[key], key, 1);
  checkInteger(all.refinements, 'refinements', 0);
  for (const key of ['scoreThreshold', 'iouThreshold', 'proposalIouThreshold'] as const) {
    check(all[key] >= 0 && all[key] <= 1, key, 'a number from 0 to 1', all[key]);
  }
  return all;
}
