import type { io } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpack as unpackOnly } from './decode.js';
import { pack, unpack } from './index.js';
import { artifactsOf, mixedModel, power, sparse, type TestWeight } from './testing/models.js';

const same = (artifacts: io.ModelArtifacts) => {
  const bytes = pack(artifacts);
  const { weightData, ...rest } = unpack(bytes);
  const { weightData: before, ...restBefore } = artifacts;
  expect(rest).toEqual(restBefore);
  // toEqual takes seconds for millions of elements.
  expect(Buffer.compare(asBuffer(weightData), asBuffer(before))).toBe(0);
  return bytes.length;
};
const asBuffer = (data?: io.WeightData) => Buffer.from((data as ArrayBuffer) ?? new ArrayBuffer(0));
const one = (shape: number[], values: Float32Array) => artifactsOf([{ name: 'a/kernel', shape, values }]);
const words = (list: number[]) => new Float32Array(Uint32Array.from(list).buffer);

/** Tensors of every coding, small and larger than the mixed contexts take. */
const cases: Record<string, [number[], () => Float32Array]> = {
  'one value': [[], () => new Float32Array([0.1])],
  nothing: [[0, 4], () => new Float32Array(0)],
  'all zeros': [[64, 64], () => new Float32Array(4096)],
  'all the same': [[100], () => new Float32Array(100).fill(0.1)],
  'sparse powers': [[5, 5, 20, 50], () => sparse(25000, 0.03, power)],
  'dense powers': [[64, 32], () => sparse(2048, 1, power)],
  'sparse floats': [[100, 30], () => sparse(3000, 0.1, (u) => u - 0.5)],
  'dense floats': [[100, 100], () => sparse(10000, 1, (u) => u - 0.5)],
  'few floats': [[10], () => sparse(10, 1, (u) => u - 0.5)],
  '17 levels': [[50, 50], () => sparse(2500, 0.9, (u) => Math.fround(Math.floor(u * 17) * 0.1 - 0.75))],
  '2000 levels': [[200, 100], () => sparse(20000, 1, (u) => Math.fround(Math.floor(u * 2000) / 7))],
  'large sparse powers': [[1100, 1000], () => sparse(1100000, 0.07, power)],
  'large sparse floats': [[1100, 1000], () => sparse(1100000, 0.02, (u) => u - 0.5)],
  'large dense levels': [[1100, 1000], () => sparse(1100000, 1, (u) => Math.fround(Math.floor(u * 100) * 0.01 + 1))],
  'one value in a million': [[1 << 21], () => sparse(1 << 21, 1e-6, () => 1)],
  'exponents of all sizes': [[4096], () => words(Array.from({ length: 4096 }, (_, i) => i * 1048583))],
};

describe('pack and unpack', () => {
  for (const [name, [shape, values]] of Object.entries(cases))
    it(`keep ${name}`, () => void same(one(shape, values())));

  it('keep -0, NaN with its payload, infinities and subnormals', () => {
    same(one([8], words([0x80000000, 0, 0x7fc00001, 0xffc12345, 0x7f800000, 0xff800000, 1, 0x807fffff])));
    same(mixedModel());
  });

  it('keep any bits of any shape', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 });
    const weight = shapes.chain((shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const word = fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.constantFrom(0x3f800000, 0xbe000000),
      );
      return fc
        .array(word, { minLength: length, maxLength: length })
        .map((list) => ({ name: 'w', shape, values: words(list) }));
    });
    fc.assert(
      fc.property(fc.array(weight, { maxLength: 4 }), (weights: TestWeight[]) => void same(artifactsOf(weights))),
    );
  });

  it('keep other dtypes, alignments, groups and stored quantizations', () => {
    const weightSpecs: io.WeightsManifestEntry[] = [
      { name: 'flags', shape: [3], dtype: 'bool' },
      { name: 'floats', shape: [2], dtype: 'float32', group: 'optimizer' },
      { name: 'bytes', shape: [5], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
      { name: 'halves', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
      { name: 'whole', shape: [2], dtype: 'int32' },
      { name: 'complex', shape: [1], dtype: 'complex64' },
    ];
    const weightData = Uint8Array.from({ length: 3 + 8 + 5 + 4 + 8 + 8 }, (_, i) => (i * 37) & 255).buffer;
    same({ modelTopology: {}, weightSpecs, weightData });
  });

  it('keep strings, whose bytes they note', () => {
    const weightSpecs: io.WeightsManifestEntry[] = [{ name: 'words', shape: [2], dtype: 'string' }];
    const weightData = Uint8Array.from([2, 0, 0, 0, 104, 105, 1, 0, 0, 0, 33]).buffer;
    const loaded = unpack(pack({ weightSpecs, weightData }));
    expect(loaded.weightSpecs).toEqual([{ ...weightSpecs[0], byteLength: 11 }]);
    expect(new Uint8Array(loaded.weightData as ArrayBuffer)).toEqual(new Uint8Array(weightData));
  });

  it('keep a model without weights, one in several buffers, and all that is said about it', () => {
    same({
      modelTopology: { a: ['ü', '"\\{['] },
      userDefinedMetadata: { b: { c: 1 } },
      signature: {},
      weightData: undefined as never,
    } as never);
    const { weightData, ...rest } = mixedModel();
    const split = [(weightData as ArrayBuffer).slice(0, 7), (weightData as ArrayBuffer).slice(7)];
    expect(unpack(pack({ ...rest, weightData: split })).weightData).toEqual(weightData);
  });

  it('keep levels as far apart as they can be', () => {
    for (const levels of [[-1], [-1, 1 << 31], [0x7fffffff, 1 << 31, 0], [0x7fffffff, 1], [0x7ffffffe, 1 << 31]]) {
      const values = Int32Array.from({ length: 300 }, (_, i) => levels[(i * i) % levels.length]);
      const artifacts = {
        weightSpecs: [{ name: 'a', shape: [30, 10], dtype: 'int32' as const }],
        weightData: values.buffer,
      };
      expect(new Int32Array(unpack(pack(artifacts)).weightData as ArrayBuffer)).toEqual(values);
    }
  });

  it('read the same with the decoder alone', () => {
    const bytes = pack(mixedModel());
    expect(unpackOnly(bytes)).toEqual(unpack(bytes));
  });
});

describe('sizes', () => {
  it('are at most 1% above the raw weights for bits without any pattern', () => {
    const noise = words(
      Array.from({ length: 1 << 16 }, (_, i) => Math.imul(Math.imul(i ^ (i >>> 7), 0x9e3779b1) ^ i, 0x85ebca6b) >>> 0),
    );
    expect(same(one([256, 256], noise))).toBeLessThan(1.01 * noise.byteLength);
  });

  it('gain where exponents repeat', () => {
    const values = sparse(1 << 16, 1, (u) => u - 0.5);
    expect(same(one([256, 256], values))).toBeLessThan(0.88 * values.byteLength);
  });

  it('are close to the entropy where there is nothing else to find', () => {
    const values = sparse(100_000, 0.02, power);
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    let bits = 0;
    for (const count of counts.values()) bits -= count * Math.log2(count / values.length);
    expect(same(one([400, 250], values))).toBeLessThan((1.06 * bits) / 8 + 60);
  });
});
