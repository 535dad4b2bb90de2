import {
  gather,
  getKernel,
  getKernelsForBackend,
  grad,
  ones,
  setBackend,
  type Tensor2D,
  tensor1d,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { checkVersions, registerTrainingKernels } from './registerTrainingKernels.js';
import { convCases } from './testing/convCases.js';
import { checkConv, checkDepthwise, checkFilterGradient, checkInputGradient } from './testing/convChecks.js';
import { kernelsOfGradients } from './testing/kernelsOfGradients.js';
import { checkSegments } from './testing/segmentChecks.js';

/** Only called for complex numbers, of which the WASM backend cannot make a tensor. */
const complexOnly = ['Complex', 'Imag', 'Real'];

describe('registerTrainingKernels', () => {
  it('leaves no kernel missing that a gradient calls', () => {
    registerTrainingKernels();
    const called = kernelsOfGradients();
    expect(called.get('UnsortedSegmentSum')).toEqual(['gradients/GatherV2_grad.js']);
    expect(called.size).toBeGreaterThan(60);
    for (const name of complexOnly) called.delete(name);
    const missing = [...called].filter(([kernel]) => !getKernel(kernel, 'wasm'));
    expect(missing).toEqual([]);
  });

  it('changes nothing and says nothing the second time', () => {
    const warn = vi.spyOn(console, 'warn');
    const before = getKernelsForBackend('wasm');
    registerTrainingKernels();
    expect(getKernelsForBackend('wasm')).toEqual(before);
    expect(warn).not.toHaveBeenCalled();
  });

  it('lets embeddings train, and what sums their gradients', async () => {
    await setBackend('wasm');
    const ids = tensor1d([1, 1, 0], 'int32');
    const twoRows = [1, 2, 0].map((n) => [n, n]);
    expect(grad((x) => gather(x, ids))(ones([3, 2])).arraySync()).toEqual(twoRows);
    const sums = (x: Tensor2D) => unsortedSegmentSum(x, tensor1d([1, -1, 0], 'int32'), 2);
    const rows = [1, 0, 1].map((n) => [n, n]);
    expect(grad((x) => sums(x as Tensor2D))(ones([3, 2])).arraySync()).toEqual(rows);
  });

  it('has kernels that take empty batches', async () => {
    const empty = convCases.filter(({ inputShape }) => inputShape[0] === 0);
    expect(empty.length).toBeGreaterThan(0);
    for (const conv of empty) {
      await checkConv(conv);
      await checkFilterGradient(conv, 'NHWC');
      await checkInputGradient(conv, 'NHWC');
      await checkDepthwise(conv);
    }
    await checkSegments({ ids: [], tail: [3], count: 2 });
  });

  it('takes 4.22 and later, of one version', () => {
    checkVersions('4.22.0', '4.22.0');
    checkVersions('4.30.1', '4.30.1');
    expect(() => checkVersions('4.22.0', '4.21.0')).toThrow(
      '@tfjs-compress/wasm-training: expected @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm of the same version, ' +
        '4.22 or a later 4.x, received tfjs-core 4.22.0 and tfjs-backend-wasm 4.21.0.',
    );
    expect(() => checkVersions('4.21.0', '4.21.0')).toThrow('received tfjs-core 4.21.0');
    expect(() => checkVersions('5.0.0', '5.0.0')).toThrow('received tfjs-core 5.0.0');
  });
});
