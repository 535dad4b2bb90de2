import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { expectLikeCpu, randoms, size } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import { fusedBatchNorm } from './normalization.js';

describe('FusedBatchNorm', () => {
  beforeAll(() => useSimd('FusedBatchNorm', fusedBatchNorm));

  it('is like the cpu backend’s', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 4, maxLength: 4 });
    const property = fc.asyncProperty(shapes, fc.boolean(), fc.boolean(), async (shape, scaled, moved) => {
      const column = { shape: shape.slice(3) };
      const variance = { ...column, values: randoms(size(column.shape), 5).map(Math.abs) };
      const inputs = {
        x: { shape },
        mean: column,
        variance,
        ...(scaled ? { scale: column } : {}),
        ...(moved ? { offset: column } : {}),
      };
      await expectLikeCpu('FusedBatchNorm', inputs, { varianceEpsilon: 1e-3 });
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
