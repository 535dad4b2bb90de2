import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
// @ts-expect-error plain JavaScript without types
import { modelFolder } from '../examples/blood-cells/modelFolder.js';
import { findBrowser, launchBrowser } from './support/browser.js';
import { run } from './support/run.js';
import { serve } from './support/serve.js';
import { placeTemplate } from './support/templates.js';

/** The template is copied out of the monorepo and run there, with the packed packages. */
const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-blood-cells-'));
const [data, trunk, output] = ['data', 'trunk', 'output'].map((name) => join(folder, name));
let template: string;
const executable = findBrowser();
const example = (...args: string[]) => run(process.execPath, ['main.js', ...args], { cwd: template, mayFail: true });
const job = (...args: string[]) => example('--output', output, ...args);

/** Images as the example's data has them, with a disc for each kind of cell. */
const cells = { WBC: [150, 160, 70, '#503080'], RBC: [420, 200, 50, '#e09090'], Platelets: [300, 380, 18, '#8040a0'] };

async function writeImages(names: Record<string, string[]>): Promise<void> {
  for (const each of ['Annotations', 'JPEGImages', 'ImageSets/Main']) mkdirSync(join(data, each), { recursive: true });
  for (const [split, list] of Object.entries(names)) {
    writeFileSync(join(data, 'ImageSets/Main', `${split}.txt`), list.join('\n'));
    for (const [i, name] of list.entries()) {
      const discs = Object.entries(cells).map(([kind, [x, y, radius, colour]]) => ({
        kind,
        svg: `<circle cx="${+x + 20 * i}" cy="${y}" r="${radius}" fill="${colour}"/>`,
        box: [+x + 20 * i - +radius, +y - +radius, +x + 20 * i + +radius, +y + +radius],
      }));
      const svg = `<svg width="640" height="480"><rect width="640" height="480" fill="#f0e0d8"/>${discs.map((d) => d.svg).join('')}</svg>`;
      await sharp(Buffer.from(svg))
        .jpeg()
        .toFile(join(data, 'JPEGImages', `${name}.jpg`));
      const objects = discs.map(
        ({ kind, box: [x1, y1, x2, y2] }) =>
          `<object><name>${kind}</name><bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox></object>`,
      );
      const size = '<size><width>640</width><height>480</height><depth>3</depth></size>';
      const xml = `<annotation><filename>${name}.jpg</filename>${size}${objects.join('')}</annotation>`;
      writeFileSync(join(data, 'Annotations', `${name}.xml`), xml);
    }
  }
}

/** MobileNet's layers by name and stride, with few channels and few of the layers. */
async function writeTrunk(): Promise<void> {
  await tf.setBackend('cpu');
  const { batchNormalization, conv2d, depthwiseConv2d, reLU } = tf.layers;
  const image = tf.input({ shape: [224, 224, 3] }); // as it is published
  let x: tf.SymbolicTensor = image;
  const add = (...layers: tf.layers.Layer[]) => {
    for (const layer of layers) x = layer.apply(x) as tf.SymbolicTensor;
  };
  const common = { kernelSize: 3, padding: 'same', useBias: false } as const;
  add(conv2d({ name: 'conv1', filters: 8, strides: 2, ...common }), batchNormalization({ name: 'conv1_bn' }), reLU());
  for (const [i, strides] of [
    [1, 1],
    [3, 2],
    [5, 2],
    [11, 2],
  ]) {
    add(
      depthwiseConv2d({ name: `conv_dw_${i}`, strides, ...common }),
      batchNormalization({ name: `conv_dw_${i}_bn` }),
      reLU(),
    );
    add(
      conv2d({ name: `conv_pw_${i}`, filters: 8, ...common, kernelSize: 1 }),
      batchNormalization({ name: `conv_pw_${i}_bn` }),
    );
    add(reLU({ name: `conv_pw_${i}_relu` }));
  }
  add(tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: 5, activation: 'softmax' }));
  const model = tf.model({ inputs: image, outputs: x });
  await model.save(modelFolder(trunk));
  model.dispose();
}

describe('examples/blood-cells', () => {
  beforeAll(async () => {
    template = placeTemplate('blood-cells', inject('consumers').templates);
    await writeImages({ train: ['a', 'b'], val: ['c'], test: ['d'] });
    await writeTrunk();
    mkdirSync(join(folder, 'without', 'ImageSets', 'Main'), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const stages = () =>
    JSON.parse(readFileSync(join(output, 'stages.json'), 'utf8')) as { stage: string; map?: number }[];

  it('trains, goes on where it was ended, compresses, and writes a file and a page', async () => {
    const given = ['--data', data, '--trunk', trunk, '--epochs'];
    // The first run gets the trunk from a server, as the default address has it.
    const server = createServer(({ url }, response) => response.end(readFileSync(join(trunk, basename(url!)))));
    await once(server.listen(0, 'localhost'), 'listening');
    const address = `http://localhost:${(server.address() as AddressInfo).port}/model.json`;
    const first = await job('--data', data, '--trunk', address, '--epochs', '1', '--compress', '0');
    server.close();
    expect(first.code, first.stderr).toBe(0);
    const second = await job(...given, '2', '--compress', '3');
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).not.toContain('Training: epoch 1/2');
    expect(second.stdout).toContain('Training: epoch 2/2');
    expect(second.stdout).toContain('100.0% quantized');
    expect(stages().map(({ stage }) => stage)).toEqual(['trained', 'trunk', 'pruned', 'quantized', 'as one file']);
    const page = readFileSync(join(output, 'index.html'), 'utf8');
    for (const part of ['<svg', 'data:image/jpeg;base64,', 'Precision and recall', 'quantized'])
      expect(page).toContain(part);
    const bytes = statSync(join(output, 'bloodCells.tfz')).size;
    expect(bytes).toBeLessThan(statSync(join(output, 'trained', 'model', 'weights.bin')).size / 5);
    const third = await job(...given, '2', '--compress', '3');
    expect(third.stdout).not.toContain('epoch');
    expect(third.stdout.match(/mAP .*/g)).toEqual(second.stdout.match(/mAP .*/g));
  });

  it.skipIf(!executable)('shows in a page what the file finds in an image that is dropped there', async () => {
    const [file, dropped] = [join(output, 'bloodCells.tfz'), join(folder, 'dropped.png')];
    const image = sharp(join(data, 'JPEGImages', 'd.jpg')).ensureAlpha();
    await image.clone().png().toFile(dropped);
    await run('npx', ['vite', 'build', '--logLevel', 'error'], { cwd: template });
    const runtime = join(template, 'node_modules', '@tfjs-compress', 'runtime', 'dist', 'detection.js');
    const { loadDetector } = await import(pathToFileURL(runtime).href);
    const detector = await loadDetector(readFileSync(file));
    const pixels = { data: await image.raw().toBuffer(), width: 640, height: 480 };
    // However little it has learned, something has a score above 0.
    const found = detector.detect(pixels, { scoreThreshold: 0, maxDetections: 500 });
    expect(found.length).toBeGreaterThan(0);

    const browser = await launchBrowser(executable!);
    const page = await browser.newPage();
    const files: Record<string, string> = {};
    await serve(page, files, join(template, 'dist'));
    await page.goto('https://page.test/live.html');
    await page.getByText('There is no detector yet').waitFor();
    files['output/bloodCells.tfz'] = file;
    await page.reload();
    await page.getByText('Drop an image').waitFor();
    const score = page.locator('#score');
    expect(Number(await score.inputValue())).toBeCloseTo(detector.detectDefaults.scoreThreshold, 6);
    await score.evaluate((slider: HTMLInputElement) => Object.assign(slider, { min: '0', value: '0' }));
    await page.setInputFiles('#image', dropped);
    await page.getByText('ms').first().waitFor();
    const counts = async () => (await page.locator('#counts td').allTextContents()).map(Number);
    const sum = (await counts()).reduce((a, b) => a + b);
    // Of hundreds of boxes with nearly equal scores a browser's rounding changes some.
    expect(Math.abs(sum - found.length) / found.length).toBeLessThan(0.1);
    expect(await page.locator('#times td').allTextContents()).toHaveLength(3);
    await score.fill('1');
    expect(await counts()).toEqual([0, 0, 0]);
    await browser.close();
  });

  it.each<[string, string[]]>([
    ['--data FOLDER is missing', []],
    ['--data: expected a folder with ImageSets/Main', ['--data', folder]],
    ['train.txt', ['--data', join(folder, 'without')]],
    [
      '--trunk: expected MobileNet v1, received http://localhost:1/',
      ['--data', data, '--trunk', 'http://localhost:1/'],
    ],
    ['--trunk: expected a folder with model.json', ['--data', data, '--trunk', data]],
    ['--epochs: expected an integer from 1 on, received many', ['--data', data, '--trunk', trunk, '--epochs', 'many']],
    ['--variant: expected fast or full, received slow', ['--data', data, '--trunk', trunk, '--variant', 'slow']],
    ['--compress: expected 0 or from 3 on, received 2', ['--data', data, '--trunk', trunk, '--compress', '2']],
    ["Unknown option '--quick'", ['--quick']],
  ])('says in a line what is wrong: %s', async (message, args) => {
    const { code, stderr } = await example(...args, '--output', join(folder, 'nothing'));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
