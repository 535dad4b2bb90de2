import { engine, setBackend, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import * as columns from './columns.js';

describe('Add and Sub of a row', () => {
  beforeAll(async () => {
    useSimd('Add', columns.add);
    useSimd('Sub', columns.sub);
    await setBackend('wasm');
  });

  it('are like the cpu backend’s', async () => {
    const rows = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    const shapes = fc
      .tuple(rows, fc.integer({ min: 2, max: 20 }), fc.boolean())
      .filter(([outer]) => !outer.every((n) => n === 1));
    const property = fc.asyncProperty(shapes, async ([outer, n, full]) => {
      const inputs = { a: { shape: [...outer, n] }, b: { shape: full ? [...outer.map(() => 1), n] : [n] } };
      await expectLikeCpu('Add', inputs, {});
      await expectLikeCpu('Sub', inputs, {});
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('leave other shapes to the backend', () => {
    for (const [a, b] of [
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 3],
        [2, 1],
      ],
      [[3], [2, 3]],
      [[2, 1], [1]],
      [[2, 0], [0]],
    ]) {
      expect(() => engine().runKernel('Add', { a: zeros(a), b: zeros(b) })).toThrow('not taken');
    }
  });
});
