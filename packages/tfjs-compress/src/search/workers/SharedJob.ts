import type { SearchOptions } from '../searchOptions.js';
import type { JobVersions } from './jobModule.js';

/** What processes that run trials of one search have to have in common. */
export interface SharedJob {
  /** Path of the job module. */
  path: string;
  /** What its file and the packages must be. */
  versions: JobVersions;
  /** Of the coordinator: they take the place of the module's. */
  options: SearchOptions;
  /** The coordinator's searchFingerprint, also of the model. */
  fingerprint: string;
}
