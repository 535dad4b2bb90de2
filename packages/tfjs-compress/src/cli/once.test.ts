import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { unpack } from '@tfjs-compress/format';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightsOf } from '../model/weights.js';
import { graphArtifacts } from '../testing.js';
import { once } from './once.js';
import { makeProgram } from './program.js';
import { writeModel } from './writeModel.js';

const folder = mkdtempSync(join(tmpdir(), 'once-'));
const at = (name: string) => join(folder, name);
const run = (...args: string[]) => makeProgram().exitOverride().parseAsync(args, { from: 'user' });
const kernels = (path: string) => weightsOf(unpack(readFileSync(path))).filter(({ isCompressible }) => isCompressible);

async function save(name: string, model: ReturnType<typeof sequential>): Promise<void> {
  writeModel(at(name), { ...(await artifactsOf(model)), userDefinedMetadata: { made: 'here' } });
}

beforeAll(async () => {
  const conv = layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [10, 12, 3], name: 'conv' });
  await save('model', sequential({ layers: [conv, layers.flatten(), layers.dense({ units: 3 })] }));
  await save('dense', sequential({ layers: [layers.dense({ units: 3, inputShape: [4], name: 'dense' })] }));
  mkdirSync(at('images/one'), { recursive: true });
  for (let i = 0; i < 12; i++) {
    const pixels = Uint8Array.from({ length: 20 * 16 * 3 }, (_, p) => (p * (7 * i + 3)) % 251);
    const image = sharp(pixels, { raw: { width: 20, height: 16, channels: 3 } });
    await image.png().toFile(at(i % 2 ? `images/one/${i}.png` : `images/${i}.png`));
  }
  const rows = Array.from({ length: 20 }, (_, i) => Array.from({ length: 4 }, (_, j) => Math.sin(i * 3 + j)));
  writeFileSync(at('rows.json'), JSON.stringify(rows));
  writeFileSync(at('named.json'), JSON.stringify({ dense_input: rows }));
  mkdirSync(at('rows'));
  mkdirSync(at('empty'));
  // In the order of their names, for batches are halved.
  for (const [i, row] of rows.entries()) writeFileSync(at(`rows/${10 + i}.json`), JSON.stringify(row));
  writeFileSync(at('cut.json'), '[[1, 2], [3');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('with --examples', () => {
  it('quantize and prune take a folder of images', async () => {
    const given = ['--examples', at('images')];
    await run('quantize', at('model'), at('a.tfz'), ...given, '--bits', '4', '--range', '0..1');
    for (const { values } of kernels(at('a.tfz'))) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
    expect(unpack(readFileSync(at('a.tfz'))).userDefinedMetadata).toMatchObject({ made: 'here' });
    await run('prune', at('model'), at('b.tfz'), ...given, '--sparsity', '0.5');
    for (const { values } of kernels(at('b.tfz'))) expect(sparsityOf(values)).toBeCloseTo(0.5, 1);
    const { tfjsCompress } = unpack(readFileSync(at('b.tfz'))).userDefinedMetadata as any;
    expect(tfjsCompress.pruned).toContain('conv/kernel');
  });

  it('takes arrays, whole or one a file', async () => {
    await run('quantize', at('dense'), at('c.tfz'), '--examples', at('rows.json'));
    await run('quantize', at('dense'), at('d.tfz'), '--examples', at('rows'), '--bits', '5');
    expect(kernels(at('c.tfz'))[0].values).toEqual(kernels(at('d.tfz'))[0].values);
    await run(
      'quantize',
      at('dense'),
      at('e.tfz'),
      '--examples',
      at('rows.json'),
      '--bits',
      '3',
      '--levels',
      'uniform',
    );
    const { values } = kernels(at('e.tfz'))[0];
    const step = Math.min(...values.filter((value) => value !== 0).map(Math.abs));
    for (const value of values) expect([0, 1, 2, 3]).toContain(Math.round((Math.abs(value) / step) * 1e4) / 1e4);
  });

  it.each([
    ['nothing there', 'dense', ['--examples', '/none'], /there is no such file or folder of examples/],
    ['a broken file', 'dense', ['--examples', 'cut.json'], /cut.json: .*JSON/],
    [
      'other sizes',
      'model',
      ['--examples', 'rows.json'],
      /expected a tensor of shape \[any, 10, 12, 3\], received 'one of shape \[20, 4\]/,
    ],
    ['images for numbers', 'dense', ['--examples', 'images'], /the model takes no images but \[4\] values/],
    [
      'no examples in the folder',
      'dense',
      ['--examples', 'empty'],
      /there are no images and no .npy or .json files in this folder/,
    ],
    ['a range without', 'dense', ['--range', '0..1'], /--range needs --examples/],
    ['uniform levels without', 'dense', ['--levels', 'uniform'], /--levels uniform needs --examples/],
  ])('says what is wrong: %s', async (_, model, args, message) => {
    const given = args.map((each) => (/json|images|empty/.test(each) ? at(each) : each));
    await expect(run('quantize', at(model), at('f.tfz'), ...given)).rejects.toThrow(message);
    expect(existsSync(at('f.tfz'))).toBe(false);
  });

  it('refuses graph models, and folders of both kinds', async () => {
    const given = { examples: at('rows'), atMost: 5 };
    await expect(once(graphArtifacts(), given, { bits: 5 })).rejects.toThrow(
      /need a layers model, this is a graph model/,
    );
    cpSync(at('rows'), at('mixed'), { recursive: true });
    cpSync(at('images'), at('mixed'), { recursive: true });
    await expect(run('quantize', at('model'), at('g.tfz'), '--examples', at('mixed'))).rejects.toThrow(
      /expected one of the two/,
    );
  });
});
