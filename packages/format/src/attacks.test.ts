import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attacks } from '../attacks/index.js';

const folder = mkdtempSync(join(tmpdir(), 'attacks-'));
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const decoder = join(folder, 'decode.mjs');
const attackFile = join(folder, 'attack.tfz');
const defaultMaxBytes = 2 ** 26;
/**
 * Many times what the slowest takes on a machine with nothing else to do, and less than
 * they took before there were bounds.
 */
const maxSeconds = 20;
/** Besides the weights: what SPEC.md says, and what Node takes up for the run. */
const maxMegabytes = 64;

interface Reading {
  outcome: string;
  fileBytes: number;
  seconds: number;
  megabytes: number;
}

// Nothing of it depends on the backend: once is enough.
describe.skipIf(process.env.TFJS_BACKEND !== 'cpu')('attacks', () => {
  beforeAll(async () => {
    await build({
      entry: { decode: path('decode.ts') },
      outDir: folder,
      format: 'esm',
      outExtensions: () => ({ js: '.mjs' }),
      dts: false,
      unbundle: false,
      config: false,
      clean: false,
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function read(file: Uint8Array, maxBytes: number): Reading {
    writeFileSync(attackFile, file);
    const args = ['--max-old-space-size=128', path('../attacks/readOne.mjs'), decoder, attackFile, String(maxBytes)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 100_000 });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  }

  for (const [kind, group] of Object.entries(attacks)) {
    for (const [name, { file, maxBytes = defaultMaxBytes, refused }] of Object.entries(group)) {
      it(`${kind}: ${name}`, () => {
        const { outcome, seconds, megabytes } = read(file(), maxBytes);
        if (process.env.SHOW_ATTACKS) console.log(`${kind}: ${name}: ${outcome} ${seconds} s ${megabytes} MB`);
        expect(outcome).toMatch(refused ? /^FormatError: / : /^accepted$|^FormatError: /);
        if (refused) expect(outcome).toMatch(refused);
        expect(seconds).toBeLessThan(maxSeconds);
        expect(megabytes).toBeLessThan(maxMegabytes + maxBytes / 2 ** 20);
      }, 300_000);
    }
  }
});
