import { check, checkInteger, checkKnownOptions } from '../checks.js';

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
}

const defaults: Required<DetectOptions> = {
  maxDetections: 100,
  scoreThreshold: 0.05,
  iouThreshold: 0.5,
  proposals: 100,
  proposalIouThreshold: 0.7,
};

/** Checks the options, of which `known` may be given, and fills in the defaults. */
export function detectOptionsOf(
  options: DetectOptions,
  owner: string,
  known: readonly string[] = Object.keys(defaults),
): Required<DetectOptions> {
  checkKnownOptions(options, known, owner);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all = { ...defaults, ...given };
  for (const key of ['maxDetections', 'proposals'] as const) checkInteger(all[key], key, 1);
  for (const key of ['scoreThreshold', 'iouThreshold', 'proposalIouThreshold'] as const) {
    check(all[key] >= 0 && all[key] <= 1, key, 'a number from 0 to 1', all[key]);
  }
  return all;
}
