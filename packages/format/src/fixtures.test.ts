import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { io } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { unpack } from './index.js';
import { fixtures, sinceVersion2 } from './testing/fixtures.js';

/**
 * Files of versions 1 and 2 and what is in them, which load for ever. A file that is
 * there is never written again; new ones, of version 2, are added with WRITE_FIXTURES=1
 * npm run test:packages -- packages/format/src/fixtures.test.ts
 */
const versions = ['version1', 'version2'];
const folderOf = (version: string) => new URL(`fixtures/${version}/`, import.meta.url);
const writes = process.env.WRITE_FIXTURES === '1';

/** What a file holds, small enough to be kept: the weights as their hash. */
function contentOf({ weightData, ...rest }: io.ModelArtifacts): object {
  const data = weightData && new Uint8Array(weightData as ArrayBuffer);
  return {
    ...rest,
    weightData: data && { bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') },
  };
}

function write(name: string): void {
  const folder = folderOf('version2');
  if (existsSync(new URL(`${name}.tfz`, folder))) return;
  mkdirSync(folder, { recursive: true });
  const bytes = fixtures[name]();
  writeFileSync(new URL(`${name}.tfz`, folder), bytes);
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(contentOf(unpack(bytes)))}\n`);
}

if (writes) for (const name of Object.keys(fixtures)) write(name);

describe.each(versions)('fixtures of %s', (version) => {
  const folder = folderOf(version);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.tfz'))
    .map((file) => file.slice(0, -4));

  it('are there for every coding', () => {
    const all = Object.keys(fixtures).filter((name) => version > 'version1' || !sinceVersion2.includes(name));
    expect(names.sort()).toEqual(all.sort());
  });

  for (const name of names) {
    it(`${name} loads as when it was written`, () => {
      const bytes = new Uint8Array(readFileSync(new URL(`${name}.tfz`, folder)));
      const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      expect(bytes[3]).toBe(Number(version.slice(-1)));
      expect(JSON.parse(JSON.stringify(contentOf(unpack(bytes))))).toEqual(expected);
    });
  }
});
