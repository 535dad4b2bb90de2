import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { pack } from '@tfjs-compress/format';
import { build } from 'vite';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { place } from './support/consumers.js';
import { lastJson, run } from './support/run.js';
import { serve } from './support/serve.js';

const consumer = inject('consumers').runtime;
const browser = findBrowser();

/** One convolution, one dense layer; two thirds of the weights are 0. */
async function smallModel(): Promise<{ bytes: Uint8Array; outputs: Float32Array }> {
  await tf.setBackend('cpu');
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [9, 7, 2] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
  const value = (_: unknown, i: number) => (i % 3 ? 0 : Math.cos(i));
  const random = model
    .getWeights()
    .map(({ shape, size }) => tf.tensor(Float32Array.from({ length: size }, value), shape));
  model.setWeights(random);
  const inputs = tf.tensor(
    Float32Array.from({ length: 2 * 9 * 7 * 2 }, (_, i) => Math.sin(i)),
    [2, 9, 7, 2],
  );
  const outputs = Float32Array.from(await (model.predict(inputs) as tf.Tensor).data());
  let bytes = new Uint8Array();
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      bytes = pack(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return { bytes, outputs };
}

describe('the packed runtime, alone in a project', () => {
  let folder: string;
  let expected: Float32Array;

  beforeAll(async () => {
    folder = place('runtime', consumer);
    const { bytes, outputs } = await smallModel();
    expected = outputs;
    writeFileSync(join(folder, 'model.tfz'), bytes);
  });

  function expectRight(outputs: number[]) {
    expect(outputs.length).toBe(10);
    for (const [i, output] of outputs.entries()) expect(Math.abs(output - expected[i])).toBeLessThan(1e-5);
  }

  it('brings nothing of tfjs along', () => {
    expect(existsSync(join(consumer, 'node_modules/@tfjs-compress/runtime'))).toBe(true);
    expect(readdirSync(join(consumer, 'node_modules'))).not.toContain('@tensorflow');
  });

  it.each([
    ['Node, as an ES module', [process.execPath, 'main.js']],
    ['Node, as CommonJS', [process.execPath, 'main.cjs']],
    ['Deno', ['deno', 'run', '--allow-read', 'main.js']],
    ['Bun', ['bun', 'main.js']],
  ])('predicts in %s', async (_, [command, ...args]) => {
    const program = command.includes('node') ? command : join(consumer, 'node_modules/.bin', command);
    expectRight(lastJson(await run(program, args, { cwd: folder })));
  });

  it.skipIf(!browser)('predicts in a page and a Web Worker built by Vite, and by a script tag', async () => {
    await build({ root: folder, logLevel: 'error' });
    const files: Record<string, string> = {
      'runtime.js': join(consumer, 'node_modules/@tfjs-compress/runtime/dist/index.iife.js'),
      'model.tfz': join(folder, 'model.tfz'),
      'tag.html': join(folder, 'tag.html'),
    };
    const chromium = await launchBrowser(browser!);
    try {
      const page = await chromium.newPage();
      await serve(page, files, join(folder, 'dist'));
      await page.goto('https://page.test/');
      const both = await page.evaluate(() => (window as unknown as { results: Promise<number[][]> }).results);
      for (const outputs of both) expectRight(outputs);
      await page.goto('https://page.test/tag.html');
      expectRight(await page.evaluate(() => (window as unknown as { results: Promise<number[]> }).results));
    } finally {
      await chromium.close();
    }
  });
});
