import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  expect(differenceOf(a, c)).toBe('the text of the module, or of a file that it imports, differs');
  const { tfjsCompress, tfjs } = a;
  expect(differenceOf({ ...a, tfjs: '4.0.0' }, a)).toBe(`TensorFlow.js is ${tfjs}, not 4.0.0`);
  expect(differenceOf({ ...c, tfjsCompress: '9.9.9' }, a)).toBe(
    `the text of the module, or of a file that it imports, differs; tfjs-compress is ${tfjsCompress}, not 9.9.9`,
  );
});

it('what a module imports by a relative path counts, wherever the folder is', () => {
  const job = (name: string, change: Record<string, string> = {}) => {
    const files: Record<string, string> = {
      'search.mjs': "import { a } from './data/a.mjs';\nimport tf from '@tensorflow/tfjs';\n// from './none.mjs'\n",
      'data/a.mjs': "export * from\n  '../common.mjs';\nexport const b = await import('./b.mjs');\n",
      'data/b.mjs': 'import labels from "./labels.json" with { type: \'json\' };\n',
      'data/labels.json': '[1]',
      'common.mjs': "import './search.mjs';\n",
      'alone.mjs': '',
      ...change,
    };
    mkdirSync(join(folder, name, 'data'), { recursive: true });
    for (const [file, text] of Object.entries(files)) write(join(name, file), text);
    return versionsOf(join(folder, name, 'search.mjs')).module;
  };
  const first = job('first');
  expect(job('second')).toBe(first);
  for (const file of ['common.mjs', 'data/a.mjs', 'data/b.mjs', 'data/labels.json'])
    expect(job('second', { [file]: '/* other */' }), file).not.toBe(first);
  expect(job('second', { 'alone.mjs': '/* other */' })).toBe(first);
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
