import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from '@tfjs-compress/format';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { teachableMachine } from '@tfjs-compress/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeProgram } from './program.js';
import { writeModel } from './writeModel.js';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const at = (name: string) => join(folder, name);
const model = at('model');

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

beforeAll(async () => void writeModel(model, await artifactsOf(teachableMachine())));
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
    const { layers: rows, all, compressible, fileBytes } = JSON.parse(output);
    expect(all.parameters).toBe(rows.reduce((sum: number, row: { parameters: number }) => sum + row.parameters, 0));
    expect(compressible.parameters).toBeLessThan(all.parameters);
    expect(rows[0]).toMatchObject({ parameters: 432, multiplyAdds: 432 * 112 * 112, bits: 32 });
    expect(rows[0].weights[0]).toMatchObject({
      shape: [3, 3, 3, 16],
      parameters: 432,
      nonZeros: 432,
      isCompressible: true,
    });
    await run('pack', model, at('same.tfz'));
    expect(fileBytes).toBe(readFileSync(at('same.tfz')).length);
    await run('summary', model);
    expect(output).toMatch(/compressible parameters: [\d,]+ of [\d,]+ remain \(100\.00%\)\nall parameters: [\d,]+ of/);
    expect(output).toMatch(/multiply-adds for one example: [\d,]+, of them by non-zeros [\d,]+/);
    expect(output).toMatch(/^Conv1\S* +3×3×3×16 +432 +100.00% +- +32 +1,728 B +1,\d+ B +5,419,008$/m);
    await run('summary', model, '--weights');
    expect(output).toMatch(/^Conv1\/kernel +3×3×3×16/m);
  });

  it('prune and quantize change kernels only, and warn', async () => {
    await run('prune', model, at('p.tfz'), '--sparsity', '0.5');
    expect(errors).toContain('without re-training');
    const values = new Float32Array(unpack(readFileSync(at('p.tfz'))).weightData as ArrayBuffer);
    expect(values.subarray(0, 432).filter((value) => value === 0).length).toBe(216);
    await run('quantize', at('p.tfz'), at('q'), '--bits', '4');
    const quantized = new Float32Array(Uint8Array.from(readFileSync(at('q/weights.bin'))).buffer).subarray(0, 432);
    expect(new Set(quantized.filter((value) => value !== 0)).size).toBeLessThanOrEqual(8);
    expect([...quantized].every((value) => value === 0 || Number.isInteger(Math.log2(Math.abs(value))))).toBe(true);
  });

  it('shrink writes a smaller model and says how small each layer is', async () => {
    const { weightSpecs, weightData, ...rest } = unpack(readFileSync(at('p.tfz')));
    const values = new Float32Array((weightData as ArrayBuffer).slice(0));
    // The first filter of the first convolution.
    for (let i = 0; i < 432; i += 16) values[i] = 0;
    writeModel(at('dead'), { ...rest, weightSpecs, weightData: values.buffer });
    await run('shrink', at('dead'), at('small'));
    expect(output).toMatch(/^layer +before +after$/m);
    // Pruning at random weights may have left more than one filter without any.
    const left = Number(/^\S*Conv1 +16 +(\d+)$/m.exec(output)?.[1]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(16);
    expect(output).toMatch(/small: \d+ bytes; \d+ bytes of weights, before \d+/);
    const { weightsManifest } = JSON.parse(readFileSync(at('small/model.json'), 'utf8'));
    expect(weightsManifest[0].weights[0].shape).toEqual([3, 3, 3, left]);
  });

  it('report writes a page that needs nothing else, and its figures', async () => {
    writeFileSync(at('history.json'), JSON.stringify([{ history: { val_acc: [0.5, 0.9] } }, { sparsity: [0, 0.5] }]));
    await run('report', model, at('r.html'), '--history', at('history.json'));
    const page = readFileSync(at('r.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)=|@import|url\(/);
    expect(page).toContain('val_acc');
    expect(readFileSync(at('r.accuracy.svg'), 'utf8')).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(existsSync(at('r.bytes.svg'))).toBe(true);
  });
});

describe('help and bad input', () => {
  it('every command has examples', async () => {
    for (const command of [
      'summary',
      'pack',
      'unpack',
      'prune',
      'quantize',
      'shrink',
      'report',
      'page',
      'bench',
      'search',
      'worker',
    ]) {
      await expect(run(command, '--help')).rejects.toMatchObject({ exitCode: 0 });
      expect(output, command).toContain(`npx tfjs-compress ${command} `);
    }
  });

  it.each([
    [['pack', 'nowhere', 'a.tfz'], 'nowhere: there is no such file or folder'],
    [['pack', model, 'a.zip'], 'Expected a name ending in .tfz'],
    [['prune', model, 'a.tfz', '--sparsity', '1.5'], 'Expected a number from 0 to'],
    [['quantize', model, 'a.tfz', '--bits', ''], 'Expected a number from 2 to 8'],
    [['quantize', model, 'a.tfz', '--bits', '4.5'], 'Expected a whole number from 2 to 8'],
    [['prune', model, 'a.tfz'], "required option '--sparsity <fraction>' not specified"],
    [['pack', model], "missing required argument 'out'"],
    [['pack', model, 'a.tfz', 'b'], 'too many arguments'],
    [['summary', model, '--jsn'], 'Did you mean --json?'],
    [['bench', model, '--runs', '0'], 'Expected a number from 1 to 1000'],
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
