import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a search has left in its folder: its baseline, and the trials that came to their
 * end.
 */
export function readRecorded(folder) {
  const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  const { baseline } = read('search.json');
  const names = readdirSync(new URL('trials/', folder)).filter((name) => name.endsWith('.json'));
  const trials = names.map((name) => read(`trials/${name}`)).filter(({ status }) => status === 'done');
  if (trials.length < 20)
    throw new Error(`expected a search with 20 trials or more in ${folder}, found ${trials.length}`);
  return { baseline, trials };
}
