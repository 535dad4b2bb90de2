import type { io } from '@tensorflow/tfjs-core';
import { random } from '@tfjs-compress/math/internal';

/** A weight for a test: its name, shape and 32-bit values. */
export interface TestWeight {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** Artifacts as model.save() makes them. */
export function artifactsOf(
  weights: TestWeight[],
  modelTopology: object = { class_name: 'Sequential' },
): io.ModelArtifacts {
  const data = new Float32Array(weights.reduce((sum, { values }) => sum + values.length, 0));
  const bits = new Int32Array(data.buffer);
  let at = 0;
  for (const { values } of weights) {
    bits.set(new Int32Array(values.buffer, values.byteOffset, values.length), at);
    at += values.length;
  }
  return {
    modelTopology,
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    weightSpecs: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
    weightData: data.buffer,
  };
}

/**
 * `size` values of which `density` are not zero, drawn by `draw` from a uniform random
 * number.
 */
export function sparse(size: number, density: number, draw: (uniform: number) => number, seed = 1): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (random(seed, i) < density ? draw(random(seed, i, 1)) : 0));
}

/** ± a power of two. */
export function power(uniform: number): number {
  return (uniform < 0.5 ? -1 : 1) * 2 ** -Math.floor(1 + ((uniform * 64) % 6));
}

/**
 * A small model with every kind of weight: sparse powers of two, few levels, dense and
 * sparse floats, special values.
 */
export function mixedModel(): io.ModelArtifacts {
  return artifactsOf(
    [
      { name: 'powers/kernel', shape: [3, 3, 4, 8], values: sparse(288, 0.2, power) },
      {
        name: 'levels/kernel',
        shape: [20, 16],
        values: sparse(320, 0.3, (u) => Math.fround([0.3, -0.7, 1.1][Math.floor(3 * u)])),
      },
      { name: 'dense/kernel', shape: [5, 10], values: sparse(50, 1, (u) => u - 0.5) },
      { name: 'dense/bias', shape: [10], values: sparse(10, 1, (u) => u - 0.5) },
      { name: 'sparse/kernel', shape: [16, 16], values: sparse(256, 0.1, (u) => u - 0.5) },
      {
        name: 'special/kernel',
        shape: [6],
        values: new Float32Array([-0, 0, Number.NaN, Number.POSITIVE_INFINITY, -1e-40, 3e38]),
      },
    ],
    { class_name: 'Sequential', config: { name: 'mixed', layers: [{ class_name: 'Dense', config: { units: 10 } }] } },
  );
}
