import type { io } from '@tensorflow/tfjs-core';

/** A weight for a test: its name, shape and values; float32 unless it says otherwise. */
export type TestWeight = [name: string, shape: number[], more?: Partial<io.WeightsManifestEntry>];

/**
 * Artifacts with weights whose values tell which is which: the first 1.1, 1.2 …, the
 * second 2.1 …
 */
export function artifactsWith(modelTopology: unknown, weights: TestWeight[]): io.ModelArtifacts {
  const itemBytes: Record<string, number> = { uint8: 1, bool: 1, float16: 2 };
  const parts = weights.map(([, shape, more], i) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const bytes = itemBytes[more?.quantization?.dtype ?? more?.dtype ?? ''];
    if (bytes) return Buffer.from(Uint8Array.from({ length: size * bytes }, (_, j) => j + 1));
    return Buffer.from(Float32Array.from({ length: size }, (_, j) => (j % 2 ? -1 : 1) * (i + 1 + (j + 1) / 10)).buffer);
  });
  return {
    modelTopology: modelTopology as object,
    format: 'layers-model',
    weightSpecs: weights.map(([name, shape, more]) => ({ name, shape, dtype: 'float32', ...more })),
    weightData: Uint8Array.from(Buffer.concat(parts)).buffer,
  };
}

/** A layer of a topology, in snake_case as tfjs and Keras write it. */
export function layer(className: string, name: string, config: object = {}, more: object = {}): object {
  return { class_name: className, name, config: { name, ...config }, ...more };
}

export function sequential(...layers: object[]): object {
  return { class_name: 'Sequential', config: { name: 'sequential_1', layers }, keras_version: 'tfjs-layers 4.22.0' };
}

/** A graph model: x (2 values) times a kernel of 2 × 2, plus a constant. */
export function graphArtifacts(): io.ModelArtifacts {
  const type = { type: 'DT_FLOAT' };
  const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: type } });
  const node = [
    constant('dense/kernel'),
    constant('offset'),
    { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } } },
    { name: 'kernel', op: 'Identity', input: ['dense/kernel'], attr: { T: type } },
    {
      name: 'product',
      op: 'MatMul',
      input: ['x', 'kernel'],
      attr: { T: type, transpose_a: { b: false }, transpose_b: { b: false } },
    },
    { name: 'y', op: 'AddV2', input: ['product', 'offset'], attr: { T: type } },
  ];
  const artifacts = artifactsWith({ node, versions: { producer: 1 } }, [
    ['dense/kernel', [2, 2]],
    ['offset', [1, 2]],
  ]);
  return { ...artifacts, format: 'graph-model' };
}
