import { batchNorm, grads, relu, setBackend, type Tensor, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerTrainingKernels } from './registerTrainingKernels.js';
import { randoms, relativeError } from './testing/compareWithCpu.js';
import { convCases } from './testing/convCases.js';
import { checkConv, checkDepthwise, checkFilterGradient, checkInputGradient } from './testing/convChecks.js';
import { checkSegments, segmentCases } from './testing/segmentChecks.js';

describe('on an engine without SIMD', () => {
  const validate = vi.spyOn(WebAssembly, 'validate');

  beforeAll(() => {
    validate.mockReturnValue(false);
    registerTrainingKernels();
  });

  afterAll(() => {
    expect(validate).toHaveBeenCalled();
    validate.mockRestore();
  });

  it('all kernels are compositions, or the backend’s own', async () => {
    const conv = convCases[1];
    await checkConv(conv);
    await checkFilterGradient(conv, 'NHWC');
    await checkInputGradient(conv, 'NHWC');
    await checkDepthwise(conv);
    await checkSegments(segmentCases[0]);
  });

  it('gradients are tfjs-core’s', async () => {
    const column = tensor([1, 2, 3]);
    const f = (x: Tensor) =>
      relu(batchNorm(x as Tensor4D, column as never, column as never, column as never, column as never));
    const gradients: Float32Array[] = [];
    for (const backend of ['cpu', 'wasm']) {
      await setBackend(backend);
      gradients.push(grads(f)([tensor(randoms(24, 1), [2, 2, 2, 3])])[0].dataSync() as Float32Array);
    }
    expect(relativeError(gradients[1], gradients[0])).toBeLessThan(1e-5);
  });
});
