import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { place } from './support/consumers.js';
import { lastJson, run } from './support/run.js';

interface Trained {
  kernels: number;
  weights: number;
  wrong: number[];
  loss: number[];
}

const consumers = inject('consumers');

/** conv 3·3·1·4, dense 64·8 and 8·3 */
const weights = 36 + 512 + 24;

async function train(folder: string): Promise<Trained> {
  return lastJson<Trained>(await run(process.execPath, ['main.js'], { cwd: folder }));
}

describe('the one line, from the packed packages', () => {
  it('trains a quantized model in an ESM project', async () => {
    const result = await train(place('train', consumers.esm));
    expect(result).toMatchObject({ kernels: 3, weights, wrong: [] });
    expect(result.loss.at(-1)).toBeLessThan(result.loss[0]);
  });

  it('trains a quantized model in a CommonJS project', async () => {
    place('train', consumers.cjs);
    const result = await train(place('train-cjs', consumers.cjs));
    expect(result).toMatchObject({ kernels: 3, weights, wrong: [] });
    expect(result.loss.at(-1)).toBeLessThan(result.loss[0]);
  });

  it.each(['ours', 'copy'])(
    'says what is wrong when two copies of tfjs-layers are loaded, the last one %s',
    async (last) => {
      const folder = place('two-copies', consumers.slim);
      // Unchecked, the foreign fit calls a hook for ever: little memory lets it fail
      // soon.
      const args = ['--max-old-space-size=256', 'main.js', last];
      const message = lastJson<string>(await run(process.execPath, args, { cwd: folder, timeout: 60_000 }));
      expect(message).toMatch(/Two copies of @tensorflow\/tfjs-layers are loaded/);
      expect(message).toContain('npm dedupe');
    },
  );

  it.each([
    "a callback on the other copy's layers",
    'callbacks of both in one fit',
    "strip on the other copy's layers",
  ])('says what is wrong when our ES module and our CommonJS build are both loaded: %s', async (name) => {
    const folder = place('two-copies-of-ours', consumers.esm);
    const message = lastJson<string>(await run(process.execPath, ['main.js', name], { cwd: folder, timeout: 60_000 }));
    expect(message).toMatch(/two copies of (@tfjs-compress|tfjs-compress)/i);
    // What to do about it: one of the two forms, one version.
    expect(message).toMatch(/import|require/);
    expect(message).toMatch(/npm (ls|dedupe)/);
  });

  it('gives import and require the same names', async () => {
    const print =
      'console.log(JSON.stringify(Object.keys(m).filter((k) => k !== "default" && k !== "module.exports").sort()))';
    for (const name of Object.keys(consumers.tarballs)) {
      const esm = await run(process.execPath, ['-e', `import('${name}').then((m) => ${print})`], {
        cwd: consumers.esm,
      });
      const cjs = await run(process.execPath, ['-e', `const m = require('${name}'); ${print}`], { cwd: consumers.cjs });
      expect(lastJson(esm), name).toEqual(lastJson(cjs));
    }
  });

  it('brings no copy of tfjs and no source file into the project', () => {
    for (const name of Object.keys(consumers.tarballs)) {
      const folder = join(consumers.esm, 'node_modules', name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      expect(Object.keys(manifest.dependencies ?? {}).filter((key) => key.startsWith('@tensorflow/'))).toEqual([]);
      const files = readdirSync(folder, { recursive: true }).map(String);
      expect(files.filter((file) => /\.test\.|^src|node_modules/.test(file))).toEqual([]);
    }
  });
});
