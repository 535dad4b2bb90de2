import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { beforeAll, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { place } from './support/consumers.js';
import { lastJson, run } from './support/run.js';

/**
 * `sideEffects` in the packages' manifests tells the truth: a bundle of a bare import
 * changes in tfjs what the import changes in Node, and is empty where that changes
 * nothing.
 */
const entries = publicPackages().flatMap(({ name, folder }) => {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => join(name, entry));
});

let folder: string;
beforeAll(() => {
  folder = place('effects', inject('consumers').esm);
});

const effects = async (module: string): Promise<string[]> =>
  lastJson(await run(process.execPath, ['main.js', module], { cwd: folder }));

it.each(entries)("a bundle of import '%s' does what the import does", async (entry) => {
  const outfile = join(folder, `${entry.replace(/\W/g, '-')}.mjs`);
  await esbuild.build({
    stdin: { contents: `import '${entry}';`, resolveDir: folder },
    outfile,
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    // Of a bare import without effects esbuild warns.
    logOverride: { 'ignored-bare-import': 'silent' },
    external: ['@tensorflow/*', 'sharp', 'node:*'],
  });
  const wanted = await effects(entry);
  expect(await effects(outfile)).toEqual(wanted);
  if (wanted.length === 0) expect(readFileSync(outfile, 'utf8').trim()).toBe('');
  // Of a sub-entry what Parcel reads.
  const manifest = join(inject('consumers').esm, 'node_modules', entry, 'package.json');
  const { sideEffects } = JSON.parse(readFileSync(manifest, 'utf8'));
  expect(Boolean(sideEffects)).toBe(wanted.length > 0);
});

it.each([
  ['@tfjs-compress/layers', 'class MaskedDense'],
  ['@tfjs-compress/callbacks', 'LayersModel.prototype.fit'],
  ['tfjs-compress', 'class PowerOfTwoConv2D'],
  ['tfjs-compress', 'Sequential.prototype.fitDataset'],
  ['@tfjs-compress/detection', 'class RoIAlign'],
])('%s has the effect %s', async (entry, effect) => {
  expect(await effects(entry)).toContain(effect);
});
