import {
  type DataType,
  engine,
  type NamedTensorMap,
  setBackend,
  type Tensor,
  type TypedArray,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** An input of a kernel. Values left out are pseudorandom from −1 to 1. */
export interface Input {
  shape: number[];
  values?: ArrayLike<number>;
  dtype?: DataType;
}

/**
 * Runs a kernel on the WASM and on the cpu backend; expects equal shapes and values, and
 * no tensor left behind.
 */
export async function expectLikeCpu(kernel: string, inputs: Record<string, Input>, attrs: object): Promise<void> {
  const wanted = await run('cpu', kernel, inputs, attrs);
  const got = await run('wasm', kernel, inputs, attrs);
  expect(got.shape).toEqual(wanted.shape);
  expect(relativeError(got.values, wanted.values), `${kernel} ${JSON.stringify({ inputs, attrs })}`).toBeLessThan(1e-5);
}

async function run(backend: string, kernel: string, inputs: Record<string, Input>, attrs: object) {
  await setBackend(backend);
  const before = engine().memory();
  const result = tidy(() => {
    const tensors: NamedTensorMap = {};
    Object.entries(inputs).forEach(([name, input], i) => {
      tensors[name] = tensor(input.values ?? randoms(size(input.shape), i + 1), input.shape, input.dtype ?? 'float32');
    });
    const out = engine().runKernel(kernel, tensors, attrs as never) as Tensor;
    return { shape: out.shape, values: out.dataSync() };
  });
  const after = engine().memory();
  expect([after.numTensors, after.numDataBuffers], `${kernel} leaks`).toEqual([
    before.numTensors,
    before.numDataBuffers,
  ]);
  return result;
}

/** The greatest difference as a share of the greatest expected magnitude. */
export function relativeError(got: TypedArray, wanted: TypedArray): number {
  let [difference, magnitude] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs(got[i] - wanted[i]);
    if (!(apart <= difference)) difference = apart;
    magnitude = Math.max(magnitude, Math.abs(wanted[i]));
  }
  return difference === 0 ? 0 : difference / magnitude;
}

export function size(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Values from −1 to 1 that only depend on `seed` (mulberry32). */
export function randoms(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}
