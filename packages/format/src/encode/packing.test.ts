import type { io } from '@tensorflow/tfjs-core';
import { random } from '@tfjs-compress/math/internal';
import { describe, expect, it } from 'vitest';
import { noPlan, type TensorPlan } from '../codec/TensorPlan.js';
import { pack, packAsync, unpack } from '../index.js';
import { craft } from '../testing/craft.js';
import { artifactsOf, mixedModel, power, sparse } from '../testing/models.js';
import { BitEncoder } from './BitEncoder.js';
import { EncoderState } from './EncoderState.js';

const one = (spec: object) => ({ weightSpecs: [spec], weightData: new ArrayBuffer(8) }) as never;
let deep: object = {};
for (let i = 0; i < 250; i++) deep = { c: deep };

describe('pack refuses what unpack would refuse', () => {
  const cases: Record<string, [io.ModelArtifacts, string]> = {
    'metadata nested 250 deep': [
      { userDefinedMetadata: deep as never },
      'artifacts: expected JSON that unpack reads, received',
    ],
    'a key __proto__': [{ userDefinedMetadata: JSON.parse('{"__proto__":{"x":1}}') }, 'invalid key __proto__'],
    'a weight without a name': [
      one({ shape: [2], dtype: 'float32' }),
      'artifacts.weightSpecs[0].name: expected a string',
    ],
    'a fractional shape': [
      one({ name: 'a', shape: [2.5, 2], dtype: 'float32' }),
      'artifacts.weightSpecs[0].shape: expected',
    ],
    'a shape that is missing': [one({ name: 'a', dtype: 'float32' }), 'artifacts.weightSpecs[0].shape: expected'],
    'an unknown dtype': [
      one({ name: 'a', shape: [2], dtype: 'float64' }),
      "artifacts.weightSpecs[0].dtype: expected a dtype that tfjs stores, received 'float64'",
    ],
    'weights of its own': [{ weights: [['x', [1]]] } as never, 'artifacts.weights: expected'],
    'strings that go beyond their bytes': [
      one({ name: 'a', shape: [3], dtype: 'string' }),
      'artifacts.weightData: expected',
    ],
    'no artifacts': [null as never, 'artifacts: expected the artifacts of a model'],
  };
  for (const [what, [artifacts, message]] of Object.entries(cases)) {
    it(what, () => expect(() => pack(artifacts)).toThrow(message));
  }

  it('and selectors that select nothing', () => {
    const quantized = (quantize: object) => () => pack(mixedModel(), { quantize });
    expect(quantized({ uint8: 'dens' })).toThrow(
      "quantize.uint8: expected a selector of some of the float32 weights 'powers/kernel'",
    );
    expect(quantized({ float16: ['dense/*', 'Dense/*'] })).toThrow("received 'Dense/*'");
    expect(quantized({ float16: () => false })).toThrow('quantize.float16');
    expect(quantized({ float16: [] })).toThrow('quantize.float16: expected a selector or a list of some, received []');
    const integers = {
      weightSpecs: [{ name: 'a', shape: [2], dtype: 'int32' as const }],
      weightData: new ArrayBuffer(8),
    };
    const nothing = 'quantize.uint8: expected a model with float32 weights, received []';
    expect(() => pack(integers as never, { quantize: { uint8: '*' } })).toThrow(nothing);
  });

  it('but not text that ends in nothing but what was foreseen', () => {
    for (const spaces of [10, 100, 1000, 10_000]) expect(unpack(craft(`{}${' '.repeat(spaces)}`))).toEqual({});
  });

  it('but text of which each byte is foreseen comes back, however long', () => {
    const artifacts = { userDefinedMetadata: { text: 'A'.repeat(600_000) } };
    expect(unpack(pack(artifacts))).toEqual(artifacts);
  });
});

/** What a tensor adds to the file, without the file itself and its name. */
function bytesOf(spec: object, data: ArrayBuffer): number {
  const file = pack({ weightSpecs: [{ name: 'a', ...spec } as io.WeightsManifestEntry], weightData: data });
  const { weightData } = unpack(file);
  expect(new Uint8Array(weightData as ArrayBuffer)).toEqual(new Uint8Array(data));
  const bytes: number[] = [];
  pack(
    { weightSpecs: [{ name: 'a', ...spec } as io.WeightsManifestEntry], weightData: data },
    { onWeight: (_, size) => bytes.push(size) },
  );
  return bytes[0];
}

describe('no tensor takes more than it is', () => {
  for (const dtype of ['uint8', 'uint16', 'float16'] as const) {
    it(`${dtype}, whatever the bits: at most two bytes more`, () => {
      for (const size of [1, 2, 3, 16, 64, 256, 500, 1000, 4000]) {
        const length = size * (dtype === 'uint8' ? 1 : 2);
        const data = Uint8Array.from({ length }, (_, i) => (256 * random(size, i)) | 0).buffer;
        const spec = { shape: [size], dtype: 'float32', quantization: { dtype, min: 0, scale: 1 } };
        expect(bytesOf(spec, data)).toBeLessThanOrEqual(length + 2);
      }
    });
  }

  it('float32 kernels, dense and pruned: at most two bytes more', () => {
    for (const [rows, columns] of [
      [1, 1],
      [3, 1],
      [3, 3],
      [8, 4],
      [10, 10],
      [40, 10],
    ]) {
      for (const density of [1, 0.5]) {
        const values = sparse(rows * columns, density, (u) => u - 0.5, rows);
        expect(bytesOf({ shape: [rows, columns], dtype: 'float32' }, values.buffer as ArrayBuffer)).toBeLessThanOrEqual(
          values.byteLength + 2,
        );
      }
    }
  });

  it('many of them: no more together', () => {
    const weights = Array.from({ length: 300 }, (_, i) => ({
      name: `w${i}`,
      shape: [3, 3],
      values: sparse(9, 1, (u) => u - 0.5, i),
    }));
    let sum = 0;
    pack(artifactsOf(weights), { onWeight: (_, size) => (sum += size) });
    expect(sum).toBeLessThanOrEqual(300 * 36 + 2);
  });
});

const tiny = (count: number) =>
  artifactsOf(
    Array.from({ length: count }, (_, i) => ({ name: `l${i}/k`, shape: [8, 8], values: sparse(64, 0.1, power, i) })),
  );

describe('packing', () => {
  it('takes time in proportion to the number of tensors', () => {
    const seconds = (count: number) => {
      const artifacts = tiny(count);
      const start = process.cpuUsage();
      pack(artifacts);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    seconds(100);
    const [few, many] = [seconds(500), seconds(4000)];
    expect(many).toBeLessThan(8 * 2.5 * few);
    // 16 s before; 1.5 s on a machine of 2026.
    expect(many).toBeLessThan(8);
  });

  it('lets others have their turn when asynchronous, reports progress and gives the same bytes', async () => {
    const artifacts = tiny(800);
    const progress: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const packed = await packAsync(artifacts, { onProgress: (fraction) => progress.push(fraction) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(progress.length).toBe(800);
    expect(progress.at(-1)).toBe(1);
    expect(packed).toEqual(pack(artifacts));
    await expect(packAsync(null as never)).rejects.toThrow('artifacts: expected');
  });

  it('pauses within a large kernel that nobody has compressed, and codes the same bits', () => {
    const ofSome = (count: number) => Float32Array.from({ length: 700_000 }, (_, i) => 1 + ((i * i) % count) / 1024);
    const levels = bitsOf(Float32Array.from(new Set(ofSome(61))));
    const plans: [Float32Array, Partial<TensorPlan>][] = [
      [ofSome(1009), { values: 'float', exponent: 127, mantissaBits: 23 }],
      [ofSome(61), { values: 'levels', levels, exponent: 127 }],
    ];
    for (const [each, more] of plans) {
      const plan: TensorPlan = { ...noPlan, ...more };
      const [whole, inSteps] = [new BitEncoder(), new BitEncoder()];
      new EncoderState().encode(whole, bitsOf(each), [700, 1000], plan);
      const steps = [...new EncoderState().encodeInSteps(inSteps, bitsOf(each), [700, 1000], plan)];
      expect(steps.length).toBe(7); // twice 3 parts, and the symbols
      const [expected, received] = [whole.finish(), inSteps.finish()];
      for (const part of ['coded', 'raw'] as const) expect(Buffer.compare(received[part], expected[part])).toBe(0);
    }
  });
});

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.slice().buffer);
}
