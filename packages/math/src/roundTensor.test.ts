import * as tf from '@tensorflow/tfjs-core';
import { expectNoLeak } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codebookOf } from './codebook.js';
import { roundToPowerOfTwo } from './levels.js';
import { roundTensorToPowerOfTwo } from './roundTensor.js';

const bits = fc.integer({ min: 2, max: 8 });

describe('roundTensorToPowerOfTwo', () => {
  it('equals the function on arrays, bit for bit', async () => {
    const normal = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-15), max: Math.fround(1e30) });
    const signed = fc.tuple(normal, fc.constantFrom(1, -1, 0)).map(([w, sign]) => w * sign);
    await fc.assert(
      fc.asyncProperty(fc.array(signed, { minLength: 12, maxLength: 12 }), bits, async (given, b) => {
        const values = Float32Array.from(given);
        for (const channels of [undefined, { count: 3, inner: 1 }, { count: 2, inner: 3 }]) {
          const codebook = codebookOf(values, b, channels);
          await expectNoLeak(() => {
            const tensor = tf.tensor(values, [2, 2, 3]);
            const rounded = roundTensorToPowerOfTwo(tensor, codebook);
            const expected = new Uint32Array(roundToPowerOfTwo(values, codebook).buffer);
            expect(rounded.shape).toEqual([2, 2, 3]);
            expect(new Uint32Array(Float32Array.from(rounded.dataSync()).buffer)).toEqual(expected);
            tf.dispose([tensor, rounded]);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps zeros 0 where levels are so small that a backend may flush them', () => {
    const values = Float32Array.of(2 ** -100, 0, 2 ** -90, 0);
    const rounded = tf.tidy(() => roundTensorToPowerOfTwo(tf.tensor(values), codebookOf(values, 8)).dataSync());
    expect([rounded[1], rounded[3]]).toEqual([0, 0]);
    expect(rounded[2]).toBe(2 ** -90);
  });

  it('takes empty tensors, one element and zeros', () => {
    for (const values of [[], [0.7], [0, 0]]) {
      const tensor = tf.tensor(values, [values.length], 'float32');
      const codebook = codebookOf(Float32Array.from(values), 5);
      expect([...roundTensorToPowerOfTwo(tensor, codebook).dataSync()]).toEqual(values.map((v) => (v ? 0.5 : 0)));
    }
  });
});
