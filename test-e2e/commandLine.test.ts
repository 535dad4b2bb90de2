import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { place } from './support/consumers.js';
import { lastJson, type RunResult, run } from './support/run.js';

const { esm, slim } = inject('consumers');
/** In the consumer with @tensorflow/tfjs, and in the one without. */
let folder: string;
let without: string;

const npx = (args: string[], { cwd = folder, mayFail = false } = {}): Promise<RunResult> =>
  run('npx', ['--no-install', 'tfjs-compress', ...args], { cwd, mayFail });

beforeAll(async () => {
  folder = place('command-line', esm);
  without = place('command-line', slim);
  for (const cwd of [folder, without]) await run(process.execPath, ['makeModel.mjs'], { cwd });
});

describe('npx tfjs-compress, from the packed package', () => {
  it('summary shows layers with multiply-adds, and JSON', async () => {
    const { stdout, stderr } = await npx(['summary', 'model.tfz']);
    expect(stdout).toMatch(/^conv +3×3×1×4 +40 +\d+\.\d+% +- +32 +160 B +\d+ B +3,600$/m);
    expect(stdout).toMatch(/^out +400×10 +4,010 .* 4,000$/m);
    expect(stdout + stderr).not.toContain('\u001b');
    const summary = JSON.parse((await npx(['summary', 'model.tfz', '--json'])).stdout);
    expect(summary).toMatchObject({
      all: { parameters: 4050 },
      multiplyAdds: 7600,
      fileBytes: statSync(join(folder, 'model.tfz')).size,
    });
  });

  it('unpack and pack go there and back, verified', async () => {
    expect((await npx(['unpack', 'model.tfz', 'plain', '--verify'])).stdout).toContain('the same bit for bit');
    expect(readdirSync(join(folder, 'plain')).sort()).toEqual(['model.json', 'weights.bin']);
    expect((await npx(['pack', 'plain/model.json', 'again.tfz', '--verify'])).stdout).toContain('the same bit for bit');
    expect(readFileSync(join(folder, 'again.tfz'))).toEqual(readFileSync(join(folder, 'model.tfz')));
  });

  it('prune and quantize warn on stderr, and what they write loads', async () => {
    const pruned = await npx(['prune', 'model.tfz', 'pruned.tfz', '--sparsity', '0.9']);
    expect(pruned.stderr).toContain('without re-training, which costs accuracy');
    const quantized = await npx(['quantize', 'pruned.tfz', 'small.tfz', '--bits', '4']);
    expect(quantized.stderr).toContain('without re-training, which costs accuracy');
    const { compressible, layers } = JSON.parse((await npx(['summary', 'small.tfz', '--json'])).stdout);
    expect(compressible.nonZeros).toBeLessThanOrEqual(404);
    expect(layers[1].bits).toBeLessThanOrEqual(4);
    expect(statSync(join(folder, 'small.tfz')).size).toBeLessThan(statSync(join(folder, 'model.tfz')).size / 10);
  });

  it('report writes a page and figures', async () => {
    writeFileSync(join(folder, 'history.json'), JSON.stringify({ val_acc: [0.5, 0.9], sparsity: [0.1, 0.9] }));
    await npx(['report', 'model.tfz', 'out/report.html', '--history', 'history.json']);
    const files = readdirSync(join(folder, 'out'));
    expect(files).toEqual(
      expect.arrayContaining(['report.html', 'report.accuracy.svg', 'report.bytes.svg', 'report.mask.out_kernel.svg']),
    );
    expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('packs graph models, which tf.loadGraphModel reads in a process of its own, and changes their kernels', async () => {
    await run(process.execPath, ['makeGraph.mjs'], { cwd: folder });
    const predict = async (file: string) =>
      lastJson<number[]>(await run(process.execPath, ['runGraph.mjs', file], { cwd: folder }));
    const expected = Float32Array.of(0.3, -0.7, 1.1, 0.13);
    const y = [expected[0] + 2 * expected[2] + 5, expected[1] + 2 * expected[3] + 6].map(Math.fround);
    const { stdout } = await npx(['pack', 'graph', 'graph.tfz', '--verify']);
    expect(stdout).toContain('the same bit for bit');
    (await predict('graph.tfz')).forEach((value, i) => {
      expect(value).toBeCloseTo(y[i], 6);
    });
    const { stdout: table, stderr } = await npx(['summary', 'graph.tfz']);
    expect(table).toMatch(/^kernel +2×2 +4 /m);
    expect(stderr).toContain('multiply-adds are left out: a graph model');
    await npx(['report', 'graph.tfz', 'graph.html']);
    await npx(['quantize', 'graph', 'graph4.tfz', '--bits', '4']);
    expect(await predict('graph4.tfz')).toEqual([0.25 + 2 * 1 + 5, -0.5 + 2 * 0.125 + 6]);
    expect((await npx(['bench', 'graph.tfz', '--runs', '1'])).stdout).toMatch(/^cpu /m);
  });

  it('repairs a model of Keras 3, which tfjs loads then', async () => {
    const fixture = join(import.meta.dirname, '..', 'packages', 'tfjs-compress', 'fixtures', 'keras3', 'recurrent');
    const unrepaired = await npx(['summary', fixture]);
    expect(unrepaired.stderr).toContain('multiply-adds are left out: ');
    expect((await npx(['repair', fixture, 'repaired'])).stdout).toContain('repaired, tfjs loads it');
    expect((await npx(['summary', 'repaired'])).stderr).toBe('');
    const alone = await npx(['repair', fixture, 'repaired.tfz'], { cwd: without });
    expect(alone.stderr).toContain('TensorFlow.js is not installed');
  });

  it('bench times the backends that are installed, and the runtime', async () => {
    const rows = JSON.parse((await npx(['bench', 'model.tfz', '--runs', '2', '--json'])).stdout);
    const backends = rows.map(({ backend }: { backend: string }) => backend);
    expect(backends).toEqual(expect.arrayContaining(['cpu', 'runtime']));
    for (const { loadMs, inferenceMs } of rows) expect(Math.min(loadMs, inferenceMs)).toBeGreaterThan(0);
  });

  it('works without @tensorflow/tfjs, but for multiply-adds and the rows of its backends in bench', async () => {
    expect((await npx(['summary', 'model.tfz'], { cwd: without })).stdout).toMatch(/^conv .* -$/m);
    await npx(['report', 'model.tfz', 'report.html'], { cwd: without });
    await npx(['page', 'model.tfz', 'page.html'], { cwd: without });
    const { stdout } = await npx(['bench', 'model.tfz', '--runs', '1'], { cwd: without });
    expect(stdout).toMatch(/^runtime +[\d.]+ ms +[\d.]+ ms\ntfjs: not installed \(npm install @tensorflow\/tfjs\)$/m);
  });

  it.each([
    [['summary', 'nowhere'], 'nowhere: there is no such file or folder.'],
    [['unpack', 'history.json', 'x'], 'history.json: this is not a tfjs model, it has no weightsManifest.'],
    [['summary', 'makeModel.mjs'], 'makeModel.mjs: this is not a compressed model (at byte 0).'],
    [['prune', 'model.tfz', 'x.tfz', '--sparsity', '2'], 'Expected a number from 0 to 0.9999.'],
    [['pack'], "missing required argument 'in'"],
    [['sumary', 'model.tfz'], 'Did you mean summary?'],
  ])('%j ends with exit code 1 and a line that says why', async (args, message) => {
    const { code, stdout, stderr } = await npx(args, { mayFail: true });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('says its version, and how each command is used', async () => {
    const { version } = JSON.parse(readFileSync(join(esm, 'node_modules', 'tfjs-compress', 'package.json'), 'utf8'));
    expect((await npx(['--version'])).stdout.trim()).toBe(version);
    expect((await npx(['pack', '--help'])).stdout).toContain('npx tfjs-compress pack model/ model.tfz');
  });
});
