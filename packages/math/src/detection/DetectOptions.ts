import { check, checkInteger, checkKnownOptions, checkOneOf, resolveOptions } from '../checks.js';
import { type Flip, flips } from './views.js';

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
  /**
   * Mirror images in which the proposals are classified, too: what is found is the
   * mean of all. Each takes the time of the trunk and of the detection stage once more.
   * Give those that the detector was trained with. Default none.
   */
  flips?: readonly Flip[];
}

/** Used where neither the call nor the model says otherwise. */
export const detectDefaults: Required<DetectOptions> = {
  maxDetections: 100,
  scoreThreshold: 0.05,
  iouThreshold: 0.5,
  proposals: 100,
  proposalIouThreshold: 0.7,
  refinements: 0,
  flips: [],
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
  check(Array.isArray(all.flips), 'flips', "a list of 'horizontal', 'vertical', 'both'", all.flips);
  for (const flip of all.flips) checkOneOf(flip, flips, 'flips');
  for (const key of ['scoreThreshold', 'iouThreshold', 'proposalIouThreshold'] as const) {
    check(all[key] >= 0 && all[key] <= 1, key, 'a number from 0 to 1', all[key]);
  }
  return all;
}
