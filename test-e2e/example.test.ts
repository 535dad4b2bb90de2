import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compressed } from '@tfjs-compress/format';
// @ts-expect-error plain JavaScript without types
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { findBrowser } from './support/browser.js';
import { type BuiltPage, openPage } from './support/page.js';
import { run } from './support/run.js';

declare global {
  interface Window {
    /** projects/small-file/main.js */
    load(
      backend: string,
      inputs: number[],
      shape: number[],
    ): Promise<{ backend: string; outputs: number[]; weights: number[][] }>;
    showFigures(history: object[]): Promise<{ name: string; tab: string; figures: number }[]>;
  }
}

const output = join(root, 'examples', 'mnist-lenet-300-100', 'output');
const executable = findBrowser();

it('npm start trains, prunes, quantizes, saves and loads LeNet-300-100 on the embedded images', async () => {
  const args = ['examples/mnist-lenet-300-100/main.js'];
  const { stdout } = await run(process.execPath, args, {
    cwd: root,
    env: { EPOCHS: '5', MNIST_DIR: '' },
    timeout: 290_000,
  });
  for (const stage of ['trained', 'pruned', 'quantized', 'loaded again']) expect(stdout).toContain(stage);
  expect(stdout).toMatch(/Predictions after loading .*quantized\.tfz: the same/);
  expect(stdout).toContain(`Report with figures: ${join(output, 'report.html')}`);
  const page = readFileSync(join(output, 'report.html'), 'utf8');
  for (const figure of ['Accuracy over epochs', 'INQ step', 'spliced back', 'Bytes per layer', 'ip2/kernel: 300×100'])
    expect(page, figure).toContain(figure);
  const digits = statSync(join(output, 'digits.html')).size;
  expect(stdout).toContain(`${join(output, 'digits.html')}, ${digits.toLocaleString('en-US')} bytes`);
  expect(digits).toBeLessThan(40_000);
  expect(readdirSync(join(output, 'report'))).toEqual(expect.arrayContaining(['accuracy.svg', 'mask.ip1_kernel.svg']));
});

describe.skipIf(!executable)('in a page, with the decoder alone, the file that npm start left', () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await openPage(executable!, 'small-file', { 'model.tfz': join(output, 'quantized.tfz') });
    await built.page.waitForFunction(() => 'showFigures' in window);
  });
  afterAll(() => built?.browser.close());

  it.each(['cpu', 'webgl'])('predicts on %s what it predicts in Node', async (backend) => {
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel(compressed(`file://${join(output, 'quantized.tfz')}`));
    const xs: tf.Tensor = tf.slice(toTensors(loadMnist({ folder: undefined }).test, [784]).xs, 0, 200);
    const expected = (model.predict(xs) as tf.Tensor).dataSync();
    const inputs = Array.from(xs.dataSync());
    const loaded = await built.page.evaluate(([name, values]) => window.load(name, values, [200, 784]), [
      backend,
      inputs,
    ] as const);
    expect(loaded.backend).toBe(backend);
    const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
    expect(JSON.stringify(loaded.weights)).toBe(JSON.stringify(weights));
    const apart = loaded.outputs.map((value, i) => Math.abs(value - expected[i]));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
    expect(built.errors).toEqual([]);
  });

  it('its figures show as surfaces of tfjs-vis, drawn anew the second time', async () => {
    const { page } = built;
    await page.addScriptTag({
      path: createRequire(import.meta.url).resolve('@tensorflow/tfjs-vis/dist/tfjs-vis.umd.min.js'),
    });
    const history = [
      { val_acc: [0.8, 0.9] },
      { val_acc: [0.7, 0.9], sparsity: [0.5, 0.9], pruned: [900, 20], spliced: [0, 9] },
    ];
    const surfaces = await page.evaluate((each) => window.showFigures(each), history);
    expect(surfaces.map(({ name }) => name)).toEqual([
      'Accuracy over epochs',
      'Sparsity and quantized share over epochs',
      'Weights pruned and spliced back, by epoch',
      'Bytes per layer',
      'Parameters per layer',
      ...['ip1', 'ip2', 'ip3'].flatMap((layer) => [
        expect.stringContaining(`${layer}/kernel: non-zero values`),
        expect.stringContaining(`${layer}/kernel: `),
      ]),
    ]);
    expect(surfaces.every(({ tab, figures }) => tab === 'Compression' && figures === 1)).toBe(true);
    if (process.env.TFJS_COMPRESS_KEEP) await page.screenshot({ path: join(output, 'surfaces.png') });
    expect(built.errors).toEqual([]);
  });
});
