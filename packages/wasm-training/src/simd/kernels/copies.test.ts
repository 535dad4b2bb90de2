import { cast, clone, engine, memory, ones, setBackend, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectLikeCpu } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import * as copies from './copies.js';

describe('copies', () => {
  beforeAll(async () => {
    useSimd('Identity', copies.identity);
    useSimd('Cast', copies.cast);
    useSimd('Tile', copies.tile);
    await setBackend('wasm');
  });

  it('Identity and Cast to the same type share the values until both tensors are gone', () => {
    const x = ones([3]);
    const before = memory();
    const same = [clone(x), cast(x, 'float32')];
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
    x.dispose();
    for (const y of same) expect([...y.dataSync()]).toEqual([1, 1, 1]);
    for (const y of same) y.dispose();
    expect(memory().numDataBuffers).toBe(before.numDataBuffers - 1);
    expect(memory().numTensors).toBe(before.numTensors - 1);
  });

  it('Cast to another type is left to the backend', () => {
    const x = ones([3]);
    expect(() => cast(x, 'int32')).toThrow('not taken');
  });

  it('Tile repeats rows as the cpu backend does', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(sizes, sizes, async (reps, tail) => {
      const shape = [...reps.map(() => 1), ...tail];
      await expectLikeCpu('Tile', { x: { shape } }, { reps: [...reps, ...tail.map(() => 1)] });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('Tile leaves other repetitions to the backend', async () => {
    await setBackend('wasm');
    expect(() => engine().runKernel('Tile', { x: zeros([2, 3]) }, { reps: [2, 1] })).toThrow('not taken');
    expect(() => engine().runKernel('Tile', { x: zeros([1, 3]) }, { reps: [2, 2] })).toThrow('not taken');
  });
});
