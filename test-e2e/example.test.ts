import { expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { run } from './support/run.js';

it('npm start trains, prunes, quantizes, saves and loads LeNet-300-100 on the embedded pictures', async () => {
  const args = ['examples/mnist-lenet-300-100/main.js'];
  const { stdout } = await run(process.execPath, args, {
    cwd: root,
    env: { EPOCHS: '4', MNIST_DIR: '' },
    timeout: 290_000,
  });
  for (const stage of ['trained', 'pruned', 'quantized', 'loaded again']) expect(stdout).toContain(stage);
  expect(stdout).toMatch(/Predictions after loading .*quantized\.tfz: the same/);
});
