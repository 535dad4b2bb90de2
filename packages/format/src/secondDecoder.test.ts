import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { primer } from './codec/primer.js';
import { fixtures } from './testing/fixtures.js';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
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
const folderOf = (version: string) => path(`fixtures/${version}`);
const expected = (version: string, name: string) =>
  JSON.parse(readFileSync(join(folderOf(version), `${name}.json`), 'utf8'));

it('has the same primer', () => {
  expect(readFileSync(path('../testing/primer.txt'), 'utf8')).toBe(primer);
});

// Nothing of it depends on the backend: once is enough.
describe.skipIf(!hasPython || process.env.TFJS_BACKEND !== 'cpu')('the decoder in Python, written from SPEC.md', () => {
  it.each(['version1', 'version2'])(
    'reads every fixture of %s as they are expected',
    (version) => {
      const folder = folderOf(version);
      const names = readdirSync(folder)
        .filter((file) => file.endsWith('.tfz'))
        .map((file) => file.slice(0, -4));
      const read = decode(names.map((name) => join(folder, `${name}.tfz`)));
      expect(read.length).toBe(names.length);
      names.forEach((name, i) => {
        expect(read[i], name).toEqual(expected(version, name));
      });
    },
    300_000,
  );

  it('reads what is written now', () => {
    const written = mkdtempSync(join(tmpdir(), 'written-'));
    const some = ['dtypes', 'layers-model', 'lossy-uint8', 'graph-model', 'many-tensors', 'special-values'];
    for (const name of some) writeFileSync(join(written, name), fixtures[name]());
    const read = decode(some.map((name) => join(written, name)));
    some.forEach((name, i) => {
      expect(read[i], name).toEqual(expected('version2', name));
    });
    rmSync(written, { recursive: true });
  });
});
