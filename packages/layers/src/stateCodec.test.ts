import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFloats, decodeStates, encodeFloats, encodeStates } from './stateCodec.js';

it('brings states back, four to a byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 2, maxLength: 100 }), (states) => {
      const text = encodeStates(states);
      expect(atob(text).length).toBe(Math.ceil(states.length / 4));
      expect(decodeStates(text, states.length)).toEqual(states);
    }),
  );
  expect(() => decodeStates(encodeStates(new Uint8Array(8)), 9)).toThrow(
    'saved states: expected 9 weights, received 8',
  );
});

it('brings floats back bit for bit, many too', () => {
  const values = Float32Array.of(0, -0, 1e-45, Number.NaN, Number.NEGATIVE_INFINITY, Math.PI);
  expect(new Uint32Array(decodeFloats(encodeFloats(values)).buffer)).toEqual(new Uint32Array(values.buffer));
  const many = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i));
  expect(decodeFloats(encodeFloats(many.subarray(7)))).toEqual(many.subarray(7));
});
