import { existsSync } from 'node:fs';
import { meanAndSpread, readResult, writeResult } from '../tools/results.mjs';

const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];

/** Into results/NAME.json, beside the other seeds of the same settings. */
export function record(name, { goal, paper }, backend, { seed, stages, files, test }) {
  const url = new URL(`results/${name}.json`, import.meta.url);
  const settings = Object.fromEntries(Object.entries(stages).map(([key, stage]) => [key, stage.settings]));
  const one = { seed, stages: {}, files: {}, test };
  for (const [key, { validationError, nonZero, seconds }] of Object.entries(stages)) {
    one.stages[key] = { validationError, nonZero, seconds };
  }
  for (const [key, { file: _, ...rest }] of Object.entries(files)) one.files[key] = rest;
  const before = existsSync(url) ? readResult(url) : undefined;
  const isSame = JSON.stringify(before?.settings) === JSON.stringify(settings);
  const runs = [...(isSame ? before.runs.filter((run) => run.seed !== seed) : []), one].sort((a, b) => a.seed - b.seed);
  const testError = Object.fromEntries(
    Object.keys(test).map((key) => [key, meanAndSpread(runs.map((run) => run.test[key]))]),
  );
  writeResult(url, packages, { backend, goal, paper, summary: { seeds: runs.length, testError }, settings, runs });
}
