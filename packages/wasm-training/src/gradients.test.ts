import {
  batchNorm,
  clipByValue,
  grads,
  mean,
  relu,
  setBackend,
  square,
  type Tensor,
  type TypedArray,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTrainingKernels } from './registerTrainingKernels.js';
import { randoms, relativeError, size } from './testing/compareWithCpu.js';

async function gradientsOn(backend: string, f: (...xs: Tensor[]) => Tensor, shapes: number[][]): Promise<TypedArray[]> {
  await setBackend(backend);
  return tidy(() => {
    // Variances must not be negative.
    const xs = shapes.map((shape, i) => tensor(randoms(size(shape), i).map(i === 2 ? Math.abs : Number), shape));
    const out = f(...xs);
    const dy = tensor(randoms(out.size, 9), out.shape);
    return grads(f)(xs, dy).map((dx) => dx.dataSync());
  });
}

async function expectGradientsLikeCpu(f: (...xs: Tensor[]) => Tensor, shapes: number[][]): Promise<void> {
  const wanted = await gradientsOn('cpu', f, shapes);
  const got = await gradientsOn('wasm', f, shapes);
  got.forEach((values, i) => {
    expect(values.length).toBe(size(shapes[i]));
    expect(relativeError(values, wanted[i]), `gradient ${i} of ${JSON.stringify(shapes)}`).toBeLessThan(1e-5);
  });
}

describe('the fast gradients', () => {
  beforeAll(registerTrainingKernels);

  it('of a rectifier and of clipping are like the cpu backend’s', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), async (shape) => {
        await expectGradientsLikeCpu((x) => relu(x), [shape]);
        await expectGradientsLikeCpu((x) => clipByValue(x, -0.5, 0.25), [shape]);
      }),
      { numRuns: 25 },
    );
  });

  it('of a rectifier and of clipping are those of the bounds, too', async () => {
    const at = [0, -0, 2 ** -149, -(2 ** -149), 1, -1, 6, 7];
    for (const f of [(x: Tensor) => relu(x), (x: Tensor) => clipByValue(x, 0, 6)]) {
      const gradients = await Promise.all(
        ['cpu', 'wasm'].map(async (backend) => {
          await setBackend(backend);
          return [...grads(f)([tensor(at)])[0].dataSync()];
        }),
      );
      expect(gradients[1]).toEqual(gradients[0]);
    }
  });

  it('of batch normalization are like the cpu backend’s', async () => {
    const full = (x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor, offset: Tensor) =>
      batchNorm(x, mean as never, variance as never, offset as never, scale as never, 1e-2);
    for (const shape of [
      [2, 5, 3, 7],
      [1, 1, 1, 4],
      [40, 6, 6, 17],
    ]) {
      const columns = [shape[3]];
      await expectGradientsLikeCpu(full, [shape, columns, columns, columns, columns]);
    }
    const whole = [2, 3, 2, 2];
    await expectGradientsLikeCpu(full, [whole, whole, whole, whole, whole]);
  });

  it('of means over the first axes, and others, and of squares are like the cpu backend’s', async () => {
    for (const axis of [0, [0, 1], [1, 0], -3, 1, [1, 2], [0, 1, 2]]) {
      await expectGradientsLikeCpu((x) => mean(x, axis), [[4, 3, 5]]);
      await expectGradientsLikeCpu((x) => mean(x, axis, true), [[4, 3, 5]]);
    }
    for (const shape of [[1], [5], [3, 6, 7]]) await expectGradientsLikeCpu((x) => square(x), [shape]);
  });

  it('leave those of other backends alone', async () => {
    await setBackend('cpu');
    expect([...grads((x: Tensor) => relu(x))([tensor([1, -1])])[0].dataSync()]).toEqual([1, 0]);
  });
});
