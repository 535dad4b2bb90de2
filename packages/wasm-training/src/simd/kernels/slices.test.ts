import { engine, setBackend, type Tensor, type TypedArray, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTrainingKernels } from '../../registerTrainingKernels.js';
import { expectLikeCpu, randoms, size } from '../../testing/compareWithCpu.js';
import { useSimd } from '../../testing/useKernel.js';
import * as slices from './slices.js';

/** The tensors, not only the first, that a kernel gives on both backends. */
async function expectSameParts(kernel: string, input: string, shape: number[], attrs: object): Promise<void> {
  const parts: { shape: number[]; values: TypedArray }[][] = [];
  for (const backend of ['cpu', 'wasm']) {
    await setBackend(backend);
    const x = tensor(randoms(size(shape), 1), shape);
    parts.push(
      tidy(() => {
        const outs = engine().runKernel(kernel, { [input]: x }, attrs as never) as Tensor[];
        return outs.map((out) => ({ shape: out.shape, values: out.dataSync() })) as never;
      }),
    );
    x.dispose();
  }
  expect(parts[1]).toEqual(parts[0]);
}

const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
const shapesAndAxis = shapes.chain((shape) =>
  fc.tuple(fc.constant(shape), fc.integer({ min: -shape.length, max: shape.length - 1 })),
);

describe('parts of tensors', () => {
  beforeAll(async () => {
    registerTrainingKernels();
    useSimd('SplitV', slices.splitV);
    useSimd('Unpack', slices.unpack);
    useSimd('GatherV2', slices.gatherV2);
    await setBackend('wasm');
  });

  it('Slice is like the cpu backend’s, with the WASM backend’s own for some', async () => {
    const cuts = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.tuple(
          ...shape.map((n) => fc.tuple(fc.nat(n), fc.nat(n)).map(([a, b]) => [Math.min(a, b), Math.abs(a - b)])),
        ),
      ),
    );
    const property = fc.asyncProperty(cuts, async ([shape, ranges]) => {
      const [begin, size] = [ranges.map(([from]) => from), ranges.map(([, length]) => length)];
      await expectLikeCpu('Slice', { x: { shape } }, { begin, size });
    });
    await fc.assert(property, { numRuns: 60 });
    await expectLikeCpu('Slice', { x: { shape: [4, 6, 3] } }, { begin: [0, 2], size: [-1, 3] });
    expect(() => engine().runKernel('Slice', { x: zeros([4, 6]) }, { begin: [0, 5], size: [4, 2] } as never)).toThrow();
  });

  it('Unpack is like the cpu backend’s', async () => {
    const property = fc.asyncProperty(shapesAndAxis, ([shape, axis]) =>
      expectSameParts('Unpack', 'value', shape, { axis }),
    );
    await fc.assert(property, { numRuns: 30 });
  });

  it('SplitV is like the cpu backend’s', async () => {
    await expectSameParts('SplitV', 'x', [3, 8, 5], { numOrSizeSplits: 4, axis: 1 });
    await expectSameParts('SplitV', 'x', [3, 8, 5], { numOrSizeSplits: [2, -1, 1], axis: -1 });
    await expectSameParts('SplitV', 'x', [6], { numOrSizeSplits: [1, 5], axis: 0 });
  });

  it('GatherV2 takes rows as the cpu backend does', async () => {
    const indices = { shape: [2, 3], values: [4, 0, 0, 2, 1, 4], dtype: 'int32' as const };
    for (const tail of [[], [3], [2, 5]]) {
      await expectLikeCpu('GatherV2', { x: { shape: [5, ...tail] }, indices }, { axis: 0, batchDims: 0 });
    }
  });

  it('GatherV2 leaves other axes, and rows that are not there, to the backend', async () => {
    await setBackend('wasm');
    const gather = (id: number, axis: number) =>
      engine().runKernel('GatherV2', { x: zeros([3, 4]), indices: tensor([id], [1], 'int32') }, { axis, batchDims: 0 });
    expect(() => gather(0, 1)).toThrow('not taken');
    expect(() => gather(3, 0)).toThrow('not taken');
    expect(() => gather(-1, 0)).toThrow('not taken');
  });
});
