import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { unpack } from '@tfjs-compress/format';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeArtifacts } from './artifacts.js';
import { makeProgram } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const at = (name: string) => join(folder, name);
const model = at('model');

/** Of the form of a Teachable Machine export: a Sequential of two nested Sequentials, a small MobileNet v2 and a dense head. */
function teachable(): Sequential {
  const block = (filters: number, strides: number) => [
    layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }),
    layers.batchNormalization(),
    layers.reLU({ maxValue: 6 }),
    layers.conv2d({ filters, kernelSize: 1, useBias: false }),
    layers.batchNormalization(),
  ];
  const trunk = sequential({
    layers: [
      layers.conv2d({
        inputShape: [224, 224, 3],
        filters: 8,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
      }),
      ...[8, 16, 24, 32].flatMap((filters) => block(filters, 2)),
      layers.globalAveragePooling2d({}),
    ],
  });
  const head = sequential({
    layers: [
      layers.dense({ inputShape: [32], units: 100, activation: 'relu' }),
      layers.dense({ units: 3, useBias: false, activation: 'softmax' }),
    ],
  });
  return sequential({ layers: [trunk, head] });
}

let output = '';
let errors = '';
async function run(...args: string[]): Promise<void> {
  output = '';
  errors = '';
  vi.spyOn(console, 'log').mockImplementation((line) => {
    output += `${line}\n`;
  });
  vi.spyOn(console, 'error').mockImplementation((line) => {
    errors += `${line}\n`;
  });
  const program = makeProgram();
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeErr: (text) => {
        errors += text;
      },
      writeOut: (text) => {
        output += text;
      },
    });
  }
  await program.parseAsync(args, { from: 'user' });
}

beforeAll(async () => {
  const save = async (artifacts: io.ModelArtifacts) => {
    writeArtifacts(model, artifacts);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
  };
  await teachable().save({ save });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe('on a model of the form of a Teachable Machine export', () => {
  it('pack and unpack keep every bit', async () => {
    await run('pack', model, at('a.tfz'), '--verify');
    expect(output).toContain('the same bit for bit');
    await run('unpack', at('a.tfz'), at('again'), '--verify');
    expect(readFileSync(at('again/weights.bin'))).toEqual(readFileSync(join(model, 'weights.bin')));
  });

  it('summary counts parameters and multiply-adds', async () => {
    await run('summary', model, '--json');
    const { weights, all } = JSON.parse(output);
    expect(all.parameters).toBe(weights.reduce((sum: number, row: { parameters: number }) => sum + row.parameters, 0));
    expect(weights[0]).toMatchObject({ shape: [3, 3, 3, 8], parameters: 216, multiplyAdds: 216 * 112 * 112 });
    await run('summary', model);
    expect(output).toMatch(/all parameters: [\d,]+ of [\d,]+ remain/);
  });

  it('prune and quantize change kernels only, and warn', async () => {
    await run('prune', model, at('p.tfz'), '--sparsity', '0.5');
    expect(errors).toContain('without re-training');
    const values = new Float32Array(unpack(readFileSync(at('p.tfz'))).weightData as ArrayBuffer);
    expect(values.subarray(0, 216).filter((value) => value === 0).length).toBe(108);
    await run('quantize', at('p.tfz'), at('q'), '--bits', '4');
    const quantized = new Float32Array(Uint8Array.from(readFileSync(at('q/weights.bin'))).buffer).subarray(0, 216);
    expect(new Set(quantized.filter((value) => value !== 0)).size).toBeLessThanOrEqual(8);
    expect([...quantized].every((value) => value === 0 || Number.isInteger(Math.log2(Math.abs(value))))).toBe(true);
  });

  it('report writes a page that needs nothing else, and its figures', async () => {
    writeFileSync(at('history.json'), JSON.stringify({ history: { val_acc: [0.5, 0.9], sparsity: [0, 0.5] } }));
    await run('report', model, at('r.html'), '--history', at('history.json'));
    const page = readFileSync(at('r.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)=|@import|url\(/);
    expect(page).toContain('val_acc');
    expect(readFileSync(at('r.training.svg'), 'utf8')).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(existsSync(at('r.bytes.svg'))).toBe(true);
  });
});

describe('help and bad input', () => {
  it('every command has examples', async () => {
    for (const command of ['summary', 'pack', 'unpack', 'prune', 'quantize', 'report', 'bench']) {
      await expect(run(command, '--help')).rejects.toMatchObject({ exitCode: 0 });
      expect(output, command).toContain(`npx tfjs-compress ${command} `);
    }
  });

  it.each([
    [['pack', 'nowhere', 'a.tfz'], 'nowhere: there is no such file or folder'],
    [['pack', model, 'a.zip'], 'Expected a name ending in .tfz'],
    [['prune', model, 'a.tfz', '--sparsity', '1.5'], 'Expected a number from 0 to'],
    [['quantize', model, 'a.tfz', '--bits', ''], 'Expected a number from 2 to 8'],
    [['report', model, 'page'], 'Expected a name ending in .html'],
    [['report', model, at('x.html'), '--history', at('model/model.json')], 'expected an object of lists'],
    [['summary', folder], 'no model.json'],
    [['sumary'], 'Did you mean summary?'],
  ])('%j is refused', async (args, message) => {
    const error = await run(...args).catch((each) => each);
    expect(`${errors}${error.message}`).toContain(message);
  });

  it('files that are no models are named', async () => {
    writeFileSync(at('bad.tfz'), 'tfz');
    await expect(run('summary', at('bad.tfz'))).rejects.toThrow('bad.tfz');
    writeFileSync(at('bad.json'), '{');
    await expect(run('summary', at('bad.json'))).rejects.toThrow('bad.json');
    writeFileSync(at('other.json'), '{}');
    await expect(run('summary', at('other.json'))).rejects.toThrow('no weightsManifest');
  });
});
