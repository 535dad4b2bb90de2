import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import * as products from './products.js';

async function check(batches: [number, number], [m, n, k]: number[], transposeA: boolean, transposeB: boolean) {
  const a = { shape: [batches[0], ...(transposeA ? [k, m] : [m, k])] };
  const b = { shape: [batches[1], ...(transposeB ? [n, k] : [k, n])] };
  await expectLikeCpu('BatchMatMul', { a, b }, { transposeA, transposeB });
  const attrs = { transposeA, transposeB, activation: 'linear' };
  await expectLikeCpu('_FusedMatMul', { a, b, bias: { shape: [n] } }, attrs);
  await expectLikeCpu('_FusedMatMul', { a, b }, attrs);
}

describe('matrix products', () => {
  beforeAll(() => {
    useSimd('BatchMatMul', products.batchMatMul);
    useSimd('_FusedMatMul', products.fusedMatMul);
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('are like the cpu backend’s, transposed: %s, %s', async (transposeA, transposeB) => {
    await check([1, 1], [64, 50, 300], transposeA, transposeB);
    await check([1, 1], [9, 8, 513], transposeA, transposeB);
    await check([3, 1], [5, 3, 1], transposeA, transposeB);
    await check([1, 2], [7, 17, 9], transposeA, transposeB);
    await check([2, 2], [4, 1, 31], transposeA, transposeB);
  });

  it('are like the cpu backend’s for random sizes', async () => {
    const size = fc.integer({ min: 4, max: 40 });
    const batches = fc.constantFrom<[number, number]>([1, 1], [2, 2], [3, 1], [1, 3]);
    const sizes = fc.tuple(size, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }));
    await fc.assert(fc.asyncProperty(batches, sizes, fc.boolean(), fc.boolean(), check), { numRuns: 50 });
  });
});
