import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { primer } from './decoder/primer.js';
import { fixtures } from './testing/fixtures.js';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const folder = path('fixtures/version1');
const decoder = path('../testing/decode.py');
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('python3 is not there: the decoder written from SPEC.md is not tried.');

/** What the second decoder makes of files. */
function decode(files: string[]): object[] {
  const { status, stdout, stderr } = spawnSync('python3', [decoder, ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const expected = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

it('has the same primer', () => {
  expect(readFileSync(path('../testing/primer.txt'), 'utf8')).toBe(primer);
});

// Nothing of it depends on the backend: once is enough.
describe.skipIf(!hasPython || process.env.TFJS_BACKEND !== 'cpu')('the decoder in Python, written from SPEC.md', () => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.tfz'))
    .map((file) => file.slice(0, -4));

  it('reads every fixture as they are expected', () => {
    const read = decode(names.map((name) => join(folder, `${name}.tfz`)));
    expect(read.length).toBe(names.length);
    names.forEach((name, i) => {
      expect(read[i], name).toEqual(expected(name));
    });
  });

  it('reads what is written now', () => {
    const written = mkdtempSync(join(tmpdir(), 'written-'));
    const some = ['dtypes', 'layers-model', 'lossy-uint8', 'graph-model', 'many-tensors', 'special-values'];
    for (const name of some) writeFileSync(join(written, name), fixtures[name]());
    const read = decode(some.map((name) => join(written, name)));
    some.forEach((name, i) => {
      expect(read[i], name).toEqual(expected(name));
    });
    rmSync(written, { recursive: true });
  });
});
