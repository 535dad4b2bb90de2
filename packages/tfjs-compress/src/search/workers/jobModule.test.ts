import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { differenceOf, versionsOf } from './jobModule.js';
import { loadJob } from './loadJob.js';

const folder = mkdtempSync(join(tmpdir(), 'job-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const functions = 'export const model = () => 1, train = () => 2, evaluate = () => 3;\n';

it('two files with the same text may work together, others are told apart in words', () => {
  const [a, b, c] = [write('a.mjs', functions), write('b.mjs', functions), write('c.mjs', `${functions}\n`)].map(
    versionsOf,
  );
  expect(differenceOf(a, b)).toBeUndefined();
  expect(differenceOf(a, c)).toBe("the module's text differs");
  const { tfjsCompress, tfjs } = a;
  expect(differenceOf({ ...a, tfjs: '4.0.0' }, a)).toBe(`TensorFlow.js is ${tfjs}, not 4.0.0`);
  expect(differenceOf({ ...c, tfjsCompress: '9.9.9' }, a)).toBe(
    `the module's text differs; tfjs-compress is ${tfjsCompress}, not 9.9.9`,
  );
});

it("loads a job; options that are given take the place of the module's", async () => {
  const path = write('job.mjs', `${functions}export const options = { maxLoss: 1, seed: 2 };`);
  expect((await loadJob(path, { seed: 3 })).options).toEqual({ maxLoss: 1, seed: 3 });
  expect((await loadJob(path, { maxBytes: 9 })).options).toEqual({ maxBytes: 9, seed: 2 });
  expect((await loadJob(write('bare.mjs', functions))).options).toEqual({});
});

it.each([
  ['throws.mjs', 'throw new Error("no data");', 'cannot be loaded: no data'],
  ['half.mjs', 'export const model = 1, train = () => 2;', 'received model: number, evaluate: nothing.'],
  ['options.mjs', `${functions}export const options = 5;`, 'expected options to be an object, received 5.'],
])('%s is refused', async (name, text, message) => {
  const path = write(name, text);
  const error = await loadJob(path).catch((each) => each);
  expect(error.message).toContain(message);
  expect(error.message.startsWith(path)).toBe(true);
});
