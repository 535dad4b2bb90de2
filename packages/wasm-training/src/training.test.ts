import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, losses, memory, randomNormal, setBackend, softmax, tensor, train } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerTrainingKernels } from './registerTrainingKernels.js';
import { randoms } from './testing/compareWithCpu.js';

/** A model with every layer whose gradients this package has kernels for. */
function smallNet() {
  const initialized = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
  const depthwiseInitializer = initializers.randomNormal({ stddev: 0.5, seed: 2 });
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 2], ...initialized(1) }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 6, activation: 'relu', ...initialized(3) }),
      layers.dense({ units: 2, ...initialized(4) }),
    ],
  });
  model.compile({ optimizer: train.momentum(0.01, 0.9), loss: (y, logits) => losses.softmaxCrossEntropy(y, logits) });
  return model;
}

/**
 * The losses over five batches of images of two classes, each the class's image with
 * noise.
 */
async function lossesOn(name: string, steps: number): Promise<number[]> {
  await setBackend(name);
  const model = smallNet();
  const classes = [1, 2].map((seed) => randoms(128, seed));
  const batches = [3, 4, 5, 6, 7].map((seed) => {
    const labels = [0, 1, 1, 0, 1, 0, 0, 1];
    const noise = randoms(8 * 128, seed);
    const images = noise.map((value, i) => classes[labels[i >> 7]][i & 127] + 0.5 * value);
    return [
      tensor(images, [8, 8, 8, 2]),
      tensor(
        labels.flatMap((label) => [1 - label, label]),
        [8, 2],
      ),
    ];
  });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const [x, y] = batches[i % batches.length];
    losses.push((await model.trainOnBatch(x, y)) as number);
  }
  return losses;
}

function wasmBytes(): number {
  const { HEAPU8 } = (backend() as BackendWasm).wasm as unknown as { HEAPU8: Uint8Array };
  return HEAPU8.buffer.byteLength;
}

describe('training', () => {
  beforeAll(registerTrainingKernels);
  beforeEach(async () => {
    await setBackend('wasm');
  });

  it('leaves no tensor behind and takes no more memory in 1,000 steps', async () => {
    const model = smallNet();
    const x = randomNormal([4, 8, 8, 2]);
    const y = softmax(randomNormal([4, 2]));
    for (let i = 0; i < 5; i++) await model.trainOnBatch(x, y);
    const [tensors, buffers, bytes] = [memory().numTensors, memory().numDataBuffers, wasmBytes()];
    for (let i = 0; i < 1000; i++) await model.trainOnBatch(x, y);
    expect(memory().numTensors).toBe(tensors);
    expect(memory().numDataBuffers).toBe(buffers);
    expect(wasmBytes()).toBe(bytes);
  });

  it('has the cpu backend’s losses for 200 steps', async () => {
    const [wanted, got] = [await lossesOn('cpu', 200), await lossesOn('wasm', 200)];
    const apart = wanted.map((loss, i) => Math.abs(loss - got[i]));
    expect(Math.max(...apart)).toBeLessThan(1e-3);
    expect(wanted[199]).toBeLessThan(wanted[0] / 2);
  });

  it('goes on after the memory has grown', async () => {
    const model = smallNet();
    const [x, y] = [randomNormal([4, 8, 8, 2]), tensor([1, 0, 1, 0, 0, 1, 0, 1], [4, 2])];
    const first = (await model.trainOnBatch(x, y)) as number;
    const before = wasmBytes();
    const large = randomNormal([before / 4 + 1000]);
    expect(wasmBytes()).toBeGreaterThan(before);
    for (let i = 0; i < 30; i++) await model.trainOnBatch(x, y);
    expect((await model.trainOnBatch(x, y)) as number).toBeLessThan(first);
    large.dispose();
  });
});
