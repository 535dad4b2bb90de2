import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { io } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { unpack } from './index.js';
import { fixtures } from './testing/fixtures.js';

/**
 * Files of version 1 and what is in them, which load for ever. A file that is there is never written again; new ones are added with
 * WRITE_FIXTURES=1 npm run test:packages -- packages/format/src/fixtures.test.ts
 */
const folder = new URL('fixtures/version1/', import.meta.url);
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
  if (existsSync(new URL(`${name}.tfz`, folder))) return;
  mkdirSync(folder, { recursive: true });
  const bytes = fixtures[name]();
  writeFileSync(new URL(`${name}.tfz`, folder), bytes);
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(contentOf(unpack(bytes)))}\n`);
}

describe('fixtures of version 1', () => {
  if (writes) for (const name of Object.keys(fixtures)) write(name);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.tfz'))
    .map((file) => file.slice(0, -4));

  it('are there for every coding', () => {
    expect(names.sort()).toEqual(Object.keys(fixtures).sort());
  });

  for (const name of names) {
    it(`${name} loads as when it was written`, () => {
      const bytes = new Uint8Array(readFileSync(new URL(`${name}.tfz`, folder)));
      const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      expect(JSON.parse(JSON.stringify(contentOf(unpack(bytes))))).toEqual(expected);
    });
  }
});
