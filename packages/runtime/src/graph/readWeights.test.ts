import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWeights, type WeightSpec } from './readWeights.js';

const sizes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/** A spec with the bytes of its values. */
const weight = fc
  .record({
    name: fc.string(),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    kind: fc.constantFrom('float32', 'int32', 'bool', 'uint8', 'uint16', 'float16', 'uint8 int32'),
    scale: fc.double({ min: 1e-3, max: 10, noNaN: true }),
    min: fc.double({ min: -10, max: 10, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ name, shape, kind, scale, min, seed }) => {
    const [stored, dtype = 'float32'] = kind.split(' ') as [keyof typeof sizes, string?];
    const isPlain = ['float32', 'int32', 'bool'].includes(stored);
    const quantization = stored === 'float16' ? { dtype: stored } : { dtype: stored, scale, min };
    const spec: WeightSpec = { name, shape, dtype: isPlain ? stored : dtype, ...(!isPlain && { quantization }) };
    const length = shape.reduce((product, size) => product * size, 1) * sizes[stored];
    const bytes = Uint8Array.from({ length }, (_, i) => Math.imul(seed + i, 2654435761) >>> 24);
    return { spec, bytes: stored === 'bool' ? bytes.map((value) => value & 1) : bytes };
  });

describe('readWeights', () => {
  it('reads what tfjs does, in one buffer or in pieces of any length', () => {
    fc.assert(
      fc.property(fc.array(weight, { maxLength: 5 }), fc.array(fc.nat(20), { maxLength: 6 }), (weights, cuts) => {
        const named = weights.map(({ spec, bytes }, i) => ({ spec: { ...spec, name: `w${i}` }, bytes }));
        const specs = named.map(({ spec }) => spec);
        const data = Uint8Array.from(named.flatMap(({ bytes }) => [...bytes]));
        const expected = tf.io.decodeWeights(data.buffer, specs as tf.io.WeightsManifestEntry[]);
        const places = [0, ...cuts.map((cut) => Math.min(cut, data.length)).sort((a, b) => a - b), data.length];
        const pieces = places.slice(1).map((end, i) => data.slice(places[i], end).buffer);
        for (const given of [data.buffer, pieces, data])
          for (const { name, shape, values } of readWeights(specs, given)) {
            expect(shape).toEqual(expected[name].shape);
            // Integers have no -0.
            const theirs = [...expected[name].dataSync()].map((value) => Math.fround(value) + 0);
            expect(
              [...values].map((value) => value + 0),
              name,
            ).toEqual(theirs);
          }
        expect([...readWeights(specs, data)].length).toBe(specs.length);
        tf.dispose(expected);
      }),
    );
  });

  it('steps over strings, complex numbers and the weights of the optimizer', () => {
    const specs = [
      { name: 'text', shape: [2], dtype: 'string' },
      { name: 'pair', shape: [1], dtype: 'complex64' },
      { name: 'Adam/m', shape: [1], dtype: 'float32', group: 'optimizer' },
      { name: 'a', shape: [1], dtype: 'bool' },
    ];
    const text = [2, 0, 0, 0, 65, 66, 0, 0, 0, 0];
    const found = [...readWeights(specs, Uint8Array.from([...text, ...new Array(12).fill(9), 1]))];
    expect(found).toEqual([{ name: 'a', shape: [1], values: Float32Array.of(1) }]);
  });

  it('refuses what ends early and what tfjs does not store', () => {
    const read = (dtype: string, shape = [2]) => [...readWeights([{ name: 'a', shape, dtype }], new ArrayBuffer(7))];
    expect(() => read('float32')).toThrow("weight 'a': the data end 1 bytes before it does.");
    expect(() => read('float64')).toThrow("weight 'a': float64 of shape [2] cannot be read.");
    expect(() => read('__proto__')).toThrow('cannot be read');
    for (const shape of [[-1], [0.5], [2 ** 33], [2 ** 20, 2 ** 20]])
      expect(() => read('float32', shape)).toThrow(/cannot be read|data end/);
  });
});
