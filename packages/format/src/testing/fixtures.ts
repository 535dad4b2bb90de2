import type { io } from '@tensorflow/tfjs-core';
import { random } from '@tfjs-compress/math/internal';
import { affineLevels, bitsOf, floatOf, noPlan, powerLevels, type TensorPlan } from '../codec/TensorPlan.js';
import { pack } from '../encode/pack.js';
import { craft } from './craft.js';
import { artifactsOf, power, sparse } from './models.js';

const bits = (values: Float32Array) => new Int32Array(values.buffer.slice(0));
const float = (u: number) => u - 0.5;

/** Values that each list of levels can code; densities and shapes make the places. */
const valueCodings: Record<string, { plan: Partial<TensorPlan>; draw: (u: number) => number }> = {
  float: { plan: { values: 'float', exponent: 126, mantissaBits: 23 }, draw: float },
  shortFloat: {
    plan: { values: 'float', exponent: 127, mantissaBits: 4 },
    draw: (u) => Math.floor(u * 32) / 16 - 0.96875,
  },
  levels: {
    plan: { values: 'levels', exponent: 127, levels: Int32Array.from([0.3, -0.7, 1.1], bitsOf) },
    draw: (u) => Math.fround([0.3, -0.7, 1.1][Math.floor(3 * u)]),
  },
  powers: { plan: { values: 'powers', exponent: 121, levels: powerLevels(121, 12) }, draw: power },
  affine: {
    plan: {
      values: 'affine',
      affine: [bitsOf(-1), bitsOf(1 / 128)],
      levels: affineLevels(bitsOf(-1), bitsOf(1 / 128)),
    },
    draw: (u) => floatOf(affineLevels(bitsOf(-1), bitsOf(1 / 128))[Math.floor(255.9 * u)]) || 1 / 128,
  },
};
const positions = ['dense', 'gaps', 'mixed', 'mixedDense', 'few'] as const;
const shapes: Record<string, [number[], number]> = {
  matrix: [[24, 20], 20],
  convolution: [[3, 3, 4, 8], 12],
  column: [[40, 1, 1], 2],
  vector: [[50], 7],
  scalar: [[], 2],
};

/**
 * A file of one plan: tensors of several shapes, one after the other, so that what is
 * kept between them counts, too.
 */
function ofPlan(each: (typeof positions)[number], values: string): Uint8Array<ArrayBuffer> {
  const { plan, draw } = valueCodings[values];
  const density = each === 'gaps' || each === 'mixed' ? 0.2 : 1;
  const tensors = Object.values(shapes).map(([shape, stride], i) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return {
      data: bits(sparse(size, density, draw, i + 1)),
      shape,
      plan: { ...noPlan, ...plan, positions: each, stride },
    };
  });
  return craft({ weights: Object.keys(shapes).map((name) => [name, shapes[name][0]]) }, tensors);
}

const oneTensor = (values: Float32Array, shape: number[], plan: Partial<TensorPlan>) =>
  craft({ weights: [['a', shape]] }, [{ data: bits(values), shape, plan: { ...noPlan, ...plan } }]);

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (random(3, i) * 256) | 0);

/**
 * Every dtype and stored quantization, with bytes before them that put words at every
 * alignment.
 */
function dtypes(): Uint8Array<ArrayBuffer> {
  const strings = [2, 0, 0, 0, 104, 105, 0, 0, 0, 0, 3, 0, 0, 0, 0xe2, 0x82, 0xac];
  const weightSpecs: io.WeightsManifestEntry[] = [
    { name: 'flags', shape: [3], dtype: 'bool' },
    { name: 'floats', shape: [2, 3], dtype: 'float32' },
    { name: 'integers', shape: [5], dtype: 'int32' },
    { name: 'words', shape: [3], dtype: 'string' },
    { name: 'complex', shape: [2, 1], dtype: 'complex64' },
    { name: 'affine8', shape: [30], dtype: 'float32', quantization: { dtype: 'uint8', min: -1, scale: 0.01 } },
    { name: 'affine16', shape: [7], dtype: 'float32', quantization: { dtype: 'uint16', min: -1, scale: 0.0001 } },
    { name: 'half', shape: [9], dtype: 'float32', quantization: { dtype: 'float16' } },
    { name: 'integers8', shape: [3], dtype: 'int32', quantization: { dtype: 'uint8', min: 0, scale: 1 } },
    { name: 'nothing', shape: [0, 4], dtype: 'float32' },
  ];
  const parts = [
    Uint8Array.of(1, 0, 1),
    bytes(24),
    Uint8Array.from(new Uint8Array(Int32Array.of(0, -1, 7, 1 << 30, 7).buffer)),
  ];
  const rest = [Uint8Array.from(strings), bytes(16), bytes(30), bytes(14), bytes(18), bytes(3)];
  const weightData = Uint8Array.from([...parts, ...rest].flatMap((part) => [...part])).buffer;
  return pack({ weightSpecs, weightData });
}

const layersModel = () =>
  artifactsOf(
    [
      { name: 'conv/kernel', shape: [3, 3, 2, 4], values: sparse(72, 0.3, power) },
      { name: 'conv/bias', shape: [4], values: new Float32Array(4) },
      { name: 'dense/kernel', shape: [40, 10], values: sparse(400, 0.1, float) },
      { name: 'dense/bias', shape: [10], values: sparse(10, 1, float) },
    ],
    {
      class_name: 'Sequential',
      config: { name: 'sequential_1', layers: [{ class_name: 'Dense', config: { units: 10, activation: 'softmax' } }] },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
  );

function withTraining(): Uint8Array<ArrayBuffer> {
  const { weightSpecs = [], weightData, ...rest } = layersModel();
  const state = sparse(401, 0.5, float);
  const optimizer: io.WeightsManifestEntry[] = [
    { name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' },
    { name: 'dense/kernel_m', shape: [40, 10], dtype: 'float32', group: 'optimizer' },
  ];
  new Int32Array(state.buffer)[0] = 1234;
  const joined = new Uint8Array([...new Uint8Array(weightData as ArrayBuffer), ...new Uint8Array(state.buffer)]);
  return pack({
    ...rest,
    weightSpecs: [...weightSpecs, ...optimizer],
    weightData: joined.buffer,
    trainingConfig: {
      loss: 'mse',
      metrics: ['acc'],
      optimizer_config: { class_name: 'Adam', config: { learningRate: 1e-3 } },
    } as never,
    userDefinedMetadata: { labels: ['Äpfel', '日本', '🍎'], tfjsCompress: { epoch: 3, none: null, deep: [[[{}]]] } },
  });
}

function graphModel(): Uint8Array<ArrayBuffer> {
  const node = [
    {
      name: 'x',
      op: 'Placeholder',
      attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '40' }] } }, dtype: { type: 'DT_FLOAT' } },
    },
    {
      name: 'w',
      op: 'Const',
      attr: { dtype: { type: 'DT_FLOAT' }, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } },
    },
    { name: 'y', op: 'MatMul', input: ['x', 'w'], attr: { transpose_b: { b: false }, T: { type: 'DT_FLOAT' } } },
  ];
  return pack({
    modelTopology: { node, library: {}, versions: { producer: 1286 } },
    format: 'graph-model',
    generatedBy: '2.21.0',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    signature: { inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT' } }, outputs: { y: { name: 'y:0' } } },
    userDefinedMetadata: { structuredOutputKeys: ['y'] },
    modelInitializer: { node: [] },
    weightSpecs: [{ name: 'w', shape: [40, 10], dtype: 'float32' }],
    weightData: sparse(400, 1, float).buffer,
  } as io.ModelArtifacts);
}

/** Names of those that version 1 does not have. */
export const sinceVersion2 = ['bytes', 'mixed-contexts', 'wide-rows', 'one-level', 'far-rows'];

/**
 * One file of each coding, by name. What is in src/fixtures/version1 and version2 was
 * written with them on 2026-11-27.
 */
export const fixtures: Record<string, () => Uint8Array<ArrayBuffer>> = {
  raw: () => oneTensor(sparse(50, 1, float), [5, 10], noPlan),
  ...Object.fromEntries(
    positions.flatMap((each) =>
      Object.keys(valueCodings)
        // A few floats are coded as floats: they have no list of levels.
        .filter((values) => each !== 'few' || values.endsWith('loat'))
        .map((values) => [`${each}-${values}`, () => ofPlan(each, values)]),
    ),
  ),
  'long-gaps': () => {
    const values = new Float32Array(300_000);
    for (const at of [0, 1, 17, 33, 300, 5000, 70_000, 299_998]) values[at] = 1;
    return oneTensor(values, [300, 1000], {
      ...valueCodings.powers.plan,
      positions: 'gaps',
      exponent: 127,
      levels: powerLevels(127, 2),
    });
  },
  'all-zeros': () => pack(artifactsOf([{ name: 'a', shape: [64, 64], values: new Float32Array(4096) }])),
  'many-levels': () => {
    const unsorted = Int32Array.from({ length: 300 }, (_, i) => bitsOf(1.5 ** ((i % 60) - 30) * (1 + i / 300)));
    const levels = unsorted.slice().sort();
    const data = Int32Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? 0 : unsorted[(i * 7) % 300]));
    const exponent = Math.max(...levels.map((level) => (level >>> 23) & 255));
    const plan = { positions: 'mixed', values: 'levels', stride: 4, exponent, levels } as const;
    return oneTensor(new Float32Array(data.buffer), [20, 20], plan);
  },
  'wide-exponents': () => {
    const values = new Float32Array(
      Int32Array.from({ length: 255 }, (_, i) => (i << 23) | (i & 1 ? 1 << 31 : 0) | (i * 3301)).buffer,
    );
    return oneTensor(values, [255], { positions: 'few', values: 'float', exponent: 254, mantissaBits: 23 });
  },
  'special-values': () =>
    pack({
      weightSpecs: [{ name: 'a', shape: [8], dtype: 'float32' }],
      weightData: Uint32Array.of(0x80000000, 0, 0x7fc00001, 0xffc12345, 0x7f800000, 0xff800000, 1, 0x807fffff).buffer,
    }),
  'many-tensors': () =>
    pack(
      artifactsOf(
        Array.from({ length: 60 }, (_, i) => ({
          name: `l${i}/k`,
          shape: [i % 7, 3],
          values: sparse((i % 7) * 3, 0.6, power, i),
        })),
      ),
    ),
  dtypes,
  'layers-model': () => pack(layersModel()),
  'with-training': withTraining,
  'graph-model': graphModel,
  'lossy-float16': () => pack(layersModel(), { quantize: { float16: 'dense/kernel' } }),
  'lossy-uint8': () => pack(layersModel(), { quantize: { uint8: ['dense/*'] } }),
  'no-weights': () => pack({ modelTopology: {} }),
  'empty-weights': () => pack({ modelTopology: {}, weightSpecs: [], weightData: new ArrayBuffer(0) }),
  bytes: () =>
    craft(
      { weights: [['a', [40], 'bool']] },
      [{ data: Int32Array.from(bytes(40)), shape: [40], plan: { ...noPlan, values: 'bytes' } }],
      40,
    ),
  'mixed-contexts': () =>
    oneTensor(sparse(2400, 0.3, power), [60, 40], {
      ...valueCodings.powers.plan,
      positions: 'mixed',
      stride: 5,
    }),
  'wide-rows': () =>
    oneTensor(sparse(3000, 0.02, power), [3, 1000], { ...valueCodings.powers.plan, positions: 'mixed', stride: 2 }),
  'one-level': () =>
    oneTensor(
      sparse(600, 0.1, () => 1),
      [30, 20],
      {
        values: 'powers',
        exponent: 127,
        levels: powerLevels(127, 1),
        positions: 'mixed',
        stride: 2,
      },
    ),
  'far-rows': () =>
    oneTensor(sparse(96, 0.4, power), [8, 12], { ...valueCodings.powers.plan, positions: 'mixed', stride: 1 << 20 }),
  'long-text': () =>
    pack({ userDefinedMetadata: { a: 'abcdefgh'.repeat(900), b: [...bytes(2000)], c: '"\\\n\u2028' } }),
};
