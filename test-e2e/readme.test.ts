import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { root } from '../scripts/setup.mjs';
import { run } from './support/run.js';

/**
 * The README files' ```js blocks that begin with an import are programs: each is run in a consumer project and has to end without an
 * error, and where it says `console.log(…); // → text`, to have printed that text. Blocks without import are fragments of one, and
 * ```js no-run marks what cannot run there (a browser, a server, somebody's files).
 */
const readmes = [root, ...publicPackages().map(({ folder }) => folder)]
  .map((folder) => join(folder, 'README.md'))
  .filter((file) => existsSync(file));

interface Snippet {
  line: number;
  code: string;
}

function snippets(file: string): Snippet[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)]
    .map(({ 1: code, index }) => ({ code, line: text.slice(0, index).split('\n').length }))
    .filter(({ code }) => /^import /m.test(code));
}

it.each(readmes.map((file) => file.slice(root.length)))('%s has a program that runs', (file) => {
  expect(snippets(join(root, file)).length).toBeGreaterThan(0);
});

const all = readmes.flatMap((file) => snippets(file).map((each) => ({ ...each, name: file.slice(root.length) })));

describe.skipIf(all.length === 0)('programs in README files', () => {
  it.each(all)('$name, line $line', async ({ name, line, code }) => {
    const folder = join(inject('consumers').esm, 'readme', `${name.replace(/\W+/g, '-')}-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'snippet.mjs'), code);
    const { stdout } = await run(process.execPath, ['snippet.mjs'], { cwd: folder, timeout: 120_000 });
    for (const [, expected] of code.matchAll(/\/\/ → (.*)$/gm)) expect(stdout).toContain(expected.trim());
  });
});
