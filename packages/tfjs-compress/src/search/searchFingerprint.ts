import { hashOf } from './hashOf.js';
import { Start } from './Start.js';
import { resolveSearchOptions } from './searchOptions.js';
import type { SearchJob } from './types.js';

/**
 * What a search can be told by: its options, without those that only say when it ends,
 * and its model. Two processes with the same one can share trials, as far as their
 * `train` and `evaluate` are the same, of which it knows nothing.
 */
export async function searchFingerprint(job: SearchJob): Promise<string> {
  const { minutes: _, trials: _trials, ...decisive } = resolveSearchOptions(job.options);
  return hashOf(JSON.stringify(decisive)) + (await Start.ofJob(job)).fingerprint;
}
