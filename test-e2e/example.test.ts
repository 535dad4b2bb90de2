import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { run } from './support/run.js';

it('npm start trains, prunes, quantizes, saves and loads LeNet-300-100 on the embedded pictures', async () => {
  const args = ['examples/mnist-lenet-300-100/main.js'];
  const { stdout } = await run(process.execPath, args, {
    cwd: root,
    env: { EPOCHS: '5', MNIST_DIR: '' },
    timeout: 290_000,
  });
  for (const stage of ['trained', 'pruned', 'quantized', 'loaded again']) expect(stdout).toContain(stage);
  expect(stdout).toMatch(/Predictions after loading .*quantized\.tfz: the same/);
  const output = join(root, 'examples', 'mnist-lenet-300-100', 'output');
  expect(stdout).toContain(`Report with figures: ${join(output, 'report.html')}`);
  const page = readFileSync(join(output, 'report.html'), 'utf8');
  for (const figure of ['Accuracy over epochs', 'INQ step', 'spliced back', 'Bytes per layer', 'ip2/kernel: 300×100'])
    expect(page, figure).toContain(figure);
  expect(readdirSync(join(output, 'report'))).toEqual(expect.arrayContaining(['accuracy.svg', 'mask.ip1_kernel.svg']));
});

it('the same job trains LeNet-5, a convolutional net, on WebAssembly', async () => {
  const { stdout } = await run(process.execPath, ['examples/mnist-lenet-5/main.js'], {
    cwd: root,
    env: { TFJS_BACKEND: 'wasm', EPOCHS: '5', PICTURES: '640', MNIST_DIR: '' },
    timeout: 290_000,
  });
  expect(stdout).toContain('Backend: WebAssembly');
  expect(stdout).toMatch(/Predictions after loading .*quantized\.tfz: the same/);
  const error = (stage: string) => Number(new RegExp(`^${stage} +([\\d.]+)%`, 'm').exec(stdout)?.[1]);
  expect(error('trained')).toBeLessThan(20);
  expect(error('quantized')).toBeLessThan(40);
});
