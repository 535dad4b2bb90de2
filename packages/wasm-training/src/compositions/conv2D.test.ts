import { conv2d, grads, ones, setBackend, type Tensor4D, type TypedArray } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTrainingKernels } from '../registerTrainingKernels.js';
import { relativeError } from '../testing/compareWithCpu.js';
import { convCases, dilatedCases } from '../testing/convCases.js';
import { checkChannelsFirst, checkInputGradient } from '../testing/convChecks.js';

describe('convolutions of images whose channels come first', () => {
  beforeAll(registerTrainingKernels);

  it.each([...convCases, ...dilatedCases.slice(0, 2)])('are like the cpu backend’s on %j', checkChannelsFirst);

  it.each(convCases)('have an input gradient like the cpu backend’s on %j', (conv) => checkInputGradient(conv, 'NCHW'));

  it('train', async () => {
    const gradients: TypedArray[][] = [];
    for (const backend of ['cpu', 'wasm']) {
      await setBackend(backend);
      const f = (x: Tensor4D, filter: Tensor4D) => conv2d(x, filter, 1, 'same', 'NCHW');
      gradients.push(grads(f as never)([ones([2, 3, 5, 4]), ones([3, 3, 3, 2])]).map((dx) => dx.dataSync()));
    }
    gradients[1].forEach((values, i) => {
      expect(relativeError(values, gradients[0][i])).toBeLessThan(1e-5);
    });
  });
});
