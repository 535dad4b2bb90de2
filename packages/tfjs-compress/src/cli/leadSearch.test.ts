import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TinyProblem, tinyProblem } from '../search/testing.js';
import { leadSearch } from './leadSearch.js';

const root = mkdtempSync(join(tmpdir(), 'lead-'));
let problem: TinyProblem;

beforeAll(async () => {
  problem = await tinyProblem();
  // The module is loaded past vitest, and could not import tfjs of the sources.
  (globalThis as any).leadSearchTest = problem;
});
afterAll(() => {
  delete (globalThis as any).leadSearchTest;
  problem.dispose();
  rmSync(root, { recursive: true });
});

it("hands on the options of the command, in place of the module's", async () => {
  const path = join(root, 'search.mjs');
  writeFileSync(
    path,
    `const { model: net, train, evaluate } = globalThis.leadSearchTest;
    export const model = () => net;
    export const options = { maxLoss: 1, trials: 9, epochs: 2 };
    export { train, evaluate };`,
  );
  const output = join(root, 'output');
  const command = { output, name: 'search', lostAfter: 15, width: 1, trials: 2, epochs: 6, seed: 4, maxBytes: 100_000 };
  const text = await leadSearch(path, command, new AbortController().signal);
  expect(text).toMatch(/best\.tfz: \d+ bytes, score [\d.]+\ngiven model: \d+ bytes, score [\d.]+\n2 trials$/);
  const trials = readdirSync(join(output, 'trials')).filter((name) => name.endsWith('.json'));
  const specs = trials.map((name) => JSON.parse(readFileSync(join(output, 'trials', name), 'utf8')).spec);
  // Of a width of 6, both would be of the first generation.
  expect(specs.map(({ generation }) => generation).sort()).toEqual([1, 2]);
  expect(specs.find(({ generation }) => generation === 2).epochs).toEqual({ surgery: 2, quantize: 1 });
});
