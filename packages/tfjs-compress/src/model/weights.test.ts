import type { io } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { summarize } from './summarize.js';
import { weightsOf } from './weights.js';

const quantization = { dtype: 'uint8' as const, scale: 0.5, min: -1 };
const specs: io.WeightsManifestEntry[] = [
  { name: 'odd/flags', shape: [1], dtype: 'bool' },
  { name: 'a/kernel', shape: [2, 1], dtype: 'float32', quantization },
  { name: 'b/kernel', shape: [3, 1], dtype: 'float32', quantization: { dtype: 'float16' } },
  { name: 'c/nested/kernel', shape: [1, 2], dtype: 'float32' },
  { name: 'c/nested/bias', shape: [1], dtype: 'int32' },
  { name: 'Adam/m', shape: [1], dtype: 'float32', group: 'optimizer' },
];
const bytes = new Uint8Array(1 + 2 + 6 + 8 + 4 + 4);
bytes.set([1, 0, 4]);
bytes.set(new Uint8Array(Uint16Array.from([0x3c00, 0xc000, 0x0001]).buffer), 3);
bytes.set(new Uint8Array(Float32Array.from([0.25, 0]).buffer), 9);
bytes.set(new Uint8Array(Int32Array.from([7]).buffer), 17);
const artifacts: io.ModelArtifacts = {
  weightSpecs: specs,
  weightData: [bytes.slice(0, 4).buffer, bytes.slice(4).buffer],
};

it('reads weights however they are stored, in one buffer or several', () => {
  const weights = weightsOf(artifacts);
  expect(weights.map(({ name, layer, storedAs }) => [name, layer, storedAs])).toEqual([
    ['odd/flags', 'odd', 'bool'],
    ['a/kernel', 'a', 'uint8'],
    ['b/kernel', 'b', 'float16'],
    ['c/nested/kernel', 'c/nested', undefined],
    ['c/nested/bias', 'c/nested', 'int32'],
  ]);
  expect(weights.map(({ values }) => [...values])).toEqual([[1], [-1, 1], [1, -2, 2 ** -24], [0.25, 0], [7]]);
  expect(weights.map(({ isCompressible }) => isCompressible)).toEqual([false, true, true, true, false]);
});

it('summarizes them by layer', () => {
  const { layers, all, compressible, float32Bytes } = summarize(artifacts, new Map([['a/kernel', 10]]));
  expect(layers.map(({ name, parameters, nonZeros }) => [name, parameters, nonZeros])).toEqual([
    ['odd', 1, 1],
    ['a', 2, 2],
    ['b', 3, 3],
    ['c/nested', 3, 2],
  ]);
  expect([all.parameters, compressible.parameters, float32Bytes]).toEqual([9, 7, 36]);
  expect(layers[1]).toMatchObject({ multiplyAdds: 20, nonZeroMultiplyAdds: 20 });
  expect(layers[2].multiplyAdds).toBeUndefined();
});
