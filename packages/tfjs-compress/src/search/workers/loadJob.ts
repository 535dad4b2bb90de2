import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { env } from '@tensorflow/tfjs-core';
import { searchFingerprint } from '../searchFingerprint.js';
import { replaceOptions, type SearchOptions } from '../searchOptions.js';
import type { SearchJob } from '../types.js';
import { versionsOf } from './jobModule.js';
import type { SharedJob } from './SharedJob.js';

/**
 * Loads a job module.
 *
 * @param path Of a file that exports `model`, `train`, `evaluate` and `options`.
 * @param options Take the place of those of the module, a goal also that of another goal.
 * @throws Error that begins with the path, if the file cannot be read or does not export
 *   them.
 */
export async function loadJob(path: string, options: SearchOptions = {}): Promise<SearchJob> {
  // Says whether there is such a file.
  versionsOf(path);
  // No advertisement of tfjs-node in every process.
  env().set('PROD', true);
  let module: Partial<SearchJob>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new Error(`${path}: cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
  const { model, train, evaluate } = module;
  const wrong = Object.entries({ model, train, evaluate }).filter(([, value]) => typeof value !== 'function');
  if (wrong.length > 0)
    throw new Error(
      `${path}: expected exported functions model, train and evaluate, received ${wrong
        .map(([name, value]) => `${name}: ${value === undefined ? 'nothing' : typeof value}`)
        .join(', ')}.`,
    );
  if (module.options !== undefined && (typeof module.options !== 'object' || module.options === null))
    throw new Error(`${path}: expected options to be an object, received ${module.options}.`);
  return { model: model!, train: train!, evaluate: evaluate!, options: replaceOptions(module.options ?? {}, options) };
}

/**
 * Loads the job of a search that another process leads.
 *
 * @throws Error also when its model is another one than the leading process has.
 */
export async function loadShared({ path, options, fingerprint }: SharedJob): Promise<SearchJob> {
  const job = await loadJob(path, options);
  if ((await searchFingerprint(job)) !== fingerprint)
    throw new Error(
      `${path}: model() makes another model here than in the process that leads the search. Let it load the model ` +
        'from a file, which all have, or seed all initializers.',
    );
  return job;
}
