import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from './support/run.js';
import { placeTemplate } from './support/templates.js';

/** The template is copied out of the monorepo and run there, with the packed packages. */
const folder = mkdtempSync(join(tmpdir(), 'teachable-machine-'));
const [model, images, output] = ['model', 'images', 'output'].map((name) => join(folder, name));
let template: string;
const main = (...args: string[]) => run('npm', ['start', '--silent', '--', ...args], { cwd: template, mayFail: true });

beforeAll(async () => {
  template = placeTemplate('teachable-machine', inject('consumers').templates);
  for (const each of [model, join(images, 'first'), join(images, 'second')]) mkdirSync(each, { recursive: true });
  await writeModel();
  for (let i = 0; i < 10; i++) {
    const background = { r: 25 * i, g: 255 - 20 * i, b: (60 * i) % 255 };
    const file = join(images, i % 2 ? 'first' : 'second', `${i}.png`);
    await sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .png()
      .toFile(file);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

it('examples/teachable-machine goes from an export to a page, and says how far it is', async () => {
  const { code, stdout, stderr } = await main(model, images, '--output', output);
  expect(stderr).toMatch(/compressing 10%\n(?:.*\n)*compressing 100%/);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Same class on [12] of 2 images kept aside/);
  expect(readFileSync(join(output, 'page.html'), 'utf8')).toContain('Second class');
  expect(readFileSync(join(output, 'model.tfz')).length).toBeLessThan(3000);
});

it('a wrong input to it ends with one line', async () => {
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  for (const name of ['a.png', 'b.png']) writeFileSync(join(broken, name), 'not an image');
  const cases: [string[], RegExp][] = [
    [[], /^Usage: .*expected a Teachable Machine image model/],
    [[images, images], /^FOLDER: expected a folder with model\.json.*received '.*images'/],
    [[model, join(folder, 'none')], /^IMAGES: expected a folder, received '.*none'/],
    [[model, model], /^IMAGES: expected at least two images .*received 0/],
    [[model, broken], /^IMAGES: expected images, received '.*\.png'/],
  ];
  const results = await Promise.all(cases.map(([args]) => main(...args)));
  for (const [i, { code, stderr }] of results.entries()) {
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(cases[i][1]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});

/**
 * As small as it can be in the form of an export: two models in a model, labels in
 * metadata.json.
 */
async function writeModel(): Promise<void> {
  const { layers, sequential } = tf;
  const features = sequential({
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, strides: 4, useBias: false, inputShape: [32, 32, 3] }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      layers.globalAveragePooling2d({}),
    ],
  });
  const head = sequential({
    layers: [
      layers.dense({ units: 10, activation: 'relu', inputShape: [8] }),
      layers.dense({ units: 2, useBias: false, activation: 'softmax' }),
    ],
  });
  await sequential({ layers: [features, head] }).save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs: weights, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights }];
      writeFileSync(join(model, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      writeFileSync(join(model, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      writeFileSync(join(model, 'metadata.json'), JSON.stringify({ labels: ['First class', 'Second class'] }));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}
