import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect } from 'vitest';
import { generator, hash } from './truth/random.js';

/**
 * Puts each test file on the backend that the vitest project names: cpu, wasm, tensorflow
 * (tfjs-node) or tensorflow-gpu. tfjs's packages are CommonJS; everything here goes
 * through require so that there is one copy of each.
 */
const require = createRequire(import.meta.url);
const packages: Record<string, string> = {
  cpu: '@tensorflow/tfjs',
  wasm: '@tensorflow/tfjs-backend-wasm',
  tensorflow: '@tensorflow/tfjs-node',
  'tensorflow-gpu': '@tensorflow/tfjs-node-gpu',
};

const backend = process.env.TFJS_BACKEND ?? 'cpu';

/**
 * tfjs draws weights, batches' order and dropout from Math.random where no seed is given.
 * Each test gets its own row of numbers, and fast-check the same cases in every run, so
 * that what fails once fails again. Another TEST_SEED gives others.
 */
const seed = process.env.TEST_SEED ?? '';
Math.random = generator(hash(seed));
fc.configureGlobal({ seed: hash(seed) | 0 });
beforeEach(() => {
  Math.random = generator(hash(`${expect.getState().currentTestName} ${seed}`));
});

beforeAll(async () => {
  require('@tensorflow/tfjs');
  require(packages[backend]);
  const ok = await tf.setBackend(backend.replace('-gpu', ''));
  await tf.ready();
  if (!ok) throw new Error(`backend ${backend} did not start`);
  // Convolutions and embeddings do not train on WASM without them.
  if (backend === 'wasm') (await import('@tfjs-compress/wasm-training')).registerTrainingKernels();
});
