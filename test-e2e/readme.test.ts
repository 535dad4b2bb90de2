import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { readmeSnippets, readmes, snippetsOf } from './support/readmes.js';
import { run } from './support/run.js';

/**
 * The README files' ```js blocks that begin with an import are programs: each is run in a consumer project and has to end without an
 * error, and where it says `console.log(…); // → text`, to have printed that text. Blocks without import are fragments of one, and
 * ```js no-run marks what cannot run there (a browser, a server, somebody's files).
 */
it.each(readmes.map((file) => file.slice(root.length)))('%s has a program that runs', (file) => {
  expect(snippetsOf(join(root, file)).length).toBeGreaterThan(0);
});

const all = readmeSnippets();

describe.skipIf(all.length === 0)('programs in README files', () => {
  it.each(all)('$name, line $line', async ({ name, line, code }) => {
    const folder = join(inject('consumers').esm, 'readme', `${name.replace(/\W+/g, '-')}-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'snippet.mjs'), code);
    const { stdout } = await run(process.execPath, ['snippet.mjs'], { cwd: folder, timeout: 120_000 });
    for (const [, expected] of code.matchAll(/\/\/ → (.*)$/gm)) expect(stdout).toContain(expected.trim());
  });
});
