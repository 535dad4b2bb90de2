import { engine, setBackend, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registerTrainingKernels } from '../../registerTrainingKernels.js';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import { transpose } from './transpose.js';

describe('Transpose', () => {
  it('is like the cpu backend’s for random permutations, with the WASM backend’s own for some', async () => {
    registerTrainingKernels();
    const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      }),
    );
    const property = fc.asyncProperty(cases, ({ shape, perm }) =>
      expectLikeCpu('Transpose', { x: { shape } }, { perm }),
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('takes matrices and batches of them, whatever the number of axes, and leaves the rest to the backend', async () => {
    useSimd('Transpose', transpose);
    await expectLikeCpu('Transpose', { x: { shape: [5, 7] } }, { perm: [1, 0] });
    await expectLikeCpu('Transpose', { x: { shape: [8, 12] } }, { perm: [1, 0] });
    await expectLikeCpu('Transpose', { x: { shape: [3, 6, 5] } }, { perm: [0, 2, 1] });
    await expectLikeCpu('Transpose', { x: { shape: [2, 5, 4, 3] } }, { perm: [0, 3, 1, 2] });
    await expectLikeCpu('Transpose', { x: { shape: [2, 5, 4, 3] } }, { perm: [2, 3, 0, 1] });
    await expectLikeCpu('Transpose', { x: { shape: [6, 1, 4, 1] } }, { perm: [2, 1, 0, 3] });
    await setBackend('wasm');
    expect(() => engine().runKernel('Transpose', { x: zeros([2, 3, 4]) }, { perm: [1, 0, 2] })).toThrow('not taken');
  });
});
