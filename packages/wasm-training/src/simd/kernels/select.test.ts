import { engine, setBackend, tensor, where } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import { select } from './select.js';

describe('Select', () => {
  beforeAll(async () => {
    useSimd('Select', select);
    await setBackend('wasm');
  });

  it('is what the cpu backend gives, for any number of values', async () => {
    const property = fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 70 }), async (mask) => {
      const shape = [mask.length];
      const condition = { shape, values: mask.map(Number), dtype: 'bool' as const };
      await expectLikeCpu('Select', { condition, t: { shape }, e: { shape } }, {});
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('lets nothing through of what is not selected', () => {
    const [t, e] = [tensor([Number.NaN, 1, -0, 2, Number.NaN]), tensor([5, Number.POSITIVE_INFINITY, 6, 7, 8])];
    expect([...where(tensor([0, 1, 1, 0, 0], [5], 'bool'), t, e).dataSync()]).toEqual([5, 1, -0, 7, 8]);
  });

  it('leaves other types and shapes to the backend', () => {
    const inputs = (dtype: 'float32' | 'int32', rows: number) => ({
      condition: tensor([1, 0], [2], 'bool'),
      t: tensor(new Array(2 * rows).fill(1), [2, rows], dtype),
      e: tensor(new Array(2 * rows).fill(2), [2, rows], dtype),
    });
    for (const each of [inputs('int32', 1), inputs('float32', 3)]) {
      expect(() => engine().runKernel('Select', each)).toThrow('not taken');
    }
  });
});
