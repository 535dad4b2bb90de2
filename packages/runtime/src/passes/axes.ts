import type { Layer, Node } from '../graph/Graph.js';
import type { Axis, Channels } from './Channels.js';
import { functionOf } from './constant.js';
import { isUniform, type Mixing } from './mixing.js';
import type { Shape } from './shapes.js';

/** What is known of a node's input. */
export interface Input {
  axis: Axis | undefined;
  shape: Shape | undefined;
}

/**
 * The channels of what a node without a mixing kernel computes; undefined, and its inputs
 * kept, where they cannot be told.
 */
export function axisOf(
  node: Node,
  layer: Layer,
  inputs: Input[],
  output: Shape | undefined,
  channels: Channels,
): Axis | undefined {
  const { className, config, weights } = layer;
  const axes = inputs.map(({ axis }) => axis);
  const [input] = axes;
  const rank = output?.length ?? 0;
  const isLast = (axis: unknown) => axis === -1 || (rank > 0 && axis === rank - 1);
  const all = (): undefined => {
    for (const axis of axes) channels.keepAll(axis, node);
  };
  const map = (f: ((value: number, i: number) => number) | undefined): Axis | undefined =>
    input && f ? { ids: input.ids, values: input.values.map(f) } : all();

  if (className === 'Embedding') {
    all();
    const { values, shape } = weights.embeddings;
    const first = [...values.subarray(0, shape[1])];
    return channels.add(
      first.map((value, i) => {
        for (let j = i; j < values.length; j += shape[1]) if (values[j] !== value) return Number.NaN;
        return value;
      }),
    );
  }
  if (config.dataFormat === 'channelsFirst') return all();
  if (inputs.length === 0) {
    const width = className === 'InputLayer' && output?.at(-1);
    const axis = width ? channels.add(new Array(width).fill(Number.NaN)) : undefined;
    channels.keepAll(axis, node);
    return axis;
  }
  if (/^(Add|Average|Multiply|Maximum|Minimum)$/.test(className)) {
    const isPlain = inputs.every(({ shape }) => shape && shape.length === inputs[0].shape!.length);
    if (!isPlain) return all();
    return channels.tie(axes, node) ? merged(className, axes as Axis[]) : undefined;
  }
  if (className === 'Concatenate') {
    if (!axes.every((axis) => axis) || rank === 0) return all();
    if (!isLast(config.axis ?? -1)) return channels.tie(axes, node) ? merged('Concatenate', axes as Axis[]) : undefined;
    return { ids: axes.flatMap((axis) => axis!.ids), values: axes.flatMap((axis) => axis!.values) };
  }
  if (inputs.length > 1) return all();
  switch (className) {
    case 'Activation':
      return map(functionOf(config.activation));
    case 'ReLU':
    case 'LeakyReLU':
    case 'ELU':
    case 'ThresholdedReLU':
      return map(functionOf({ className, config }));
    case 'PReLU':
      return map(prelu(weights.alpha.values, input?.ids.length ?? 0));
    case 'BatchNormalization': {
      const { gamma, beta, movingMean, movingVariance } = weights;
      if (!isLast([config.axis ?? -1].flat()[0]) || movingMean.values.length !== input?.ids.length) return all();
      return map((value, i) => {
        const factor = (gamma?.values[i] ?? 1) / Math.sqrt(movingVariance.values[i] + (config.epsilon ?? 1e-3));
        return (factor === 0 ? 0 : (value - movingMean.values[i]) * factor) + (beta?.values[i] ?? 0);
      });
    }
    case 'DepthwiseConv2D':
      return depthwise(layer, input) ?? all();
    case 'ZeroPadding2D':
      return map((value) => (value === 0 ? 0 : Number.NaN));
    case 'Flatten':
    case 'Reshape':
      return regrouped(input, output, channels) ?? all();
    case 'Permute':
      return isLast(config.dims.at(-1)) ? map(Number) : all();
    case 'Masking':
      all();
      return map(() => Number.NaN);
    default:
      return passing.test(className) ? map(Number) : all();
  }
}

/** Layers that pass on a constant as it is, and each channel where it was. */
const passing =
  /^(InputLayer|.*Dropout([123]D)?|GaussianNoise|ActivityRegularization|(Max|Average)Pooling[123]D|Global(Max|Average)Pooling[12]D|Cropping2D|UpSampling2D|RepeatVector)$/;

function merged(className: string, axes: Axis[]): Axis {
  const [first, ...rest] = axes;
  const values = first.values.map((_, i) => {
    const all = axes.map(({ values }) => values[i]);
    if (className === 'Multiply') return all.includes(0) ? 0 : all.reduce((product, value) => product * value, 1);
    if (className === 'Maximum') return Math.max(...all);
    if (className === 'Minimum') return Math.min(...all);
    if (className === 'Concatenate') return rest.every(({ values }) => values[i] === all[0]) ? all[0] : Number.NaN;
    return all.reduce((sum, value) => sum + value, 0) / (className === 'Average' ? all.length : 1);
  });
  return { ids: first.ids, values };
}

function prelu(alpha: Float32Array, channels: number): ((value: number, i: number) => number) | undefined {
  if (alpha.length % channels !== 0) return undefined;
  return (value, i) => {
    if (!(value < 0)) return value;
    for (let j = i; j < alpha.length; j += channels) if (alpha[j] !== alpha[i]) return Number.NaN;
    return value * alpha[i];
  };
}

/** Each channel of the input makes as many of the output as the multiplier says. */
function depthwise(layer: Layer, input: Axis | undefined): Axis | undefined {
  const { shape, values } = layer.weights.depthwiseKernel;
  const [rows, multiplier] = shape.slice(2);
  const f = functionOf(layer.config.activation);
  if (rows !== input?.ids.length || !f) return undefined;
  const outputs = rows * multiplier;
  const uniform = isUniform(layer);
  return {
    ids: Array.from({ length: outputs }, (_, i) => input.ids[Math.floor(i / multiplier)]),
    values: Array.from({ length: outputs }, (_, i) => {
      const value = input.values[Math.floor(i / multiplier)];
      let [sum, isRead] = [0, false];
      for (let j = i; j < values.length; j += outputs) {
        sum += values[j];
        isRead ||= values[j] !== 0;
      }
      const isConstant = !isRead || value === 0 || uniform;
      return isConstant ? f((isRead ? sum * value : 0) + (layer.weights.bias?.values[i] ?? 0)) : Number.NaN;
    }),
  };
}

/** The same values in rows of another length. */
function regrouped(input: Axis | undefined, output: Shape | undefined, channels: Channels): Axis | undefined {
  const length = output?.at(-1);
  const width = input?.ids.length;
  if (!length || !width || (length % width !== 0 && width % length !== 0)) return undefined;
  const ids = Array.from({ length }, (_, i) => input.ids[i % width]);
  const values = Array.from({ length }, (_, i) => input.values[i % width]);
  for (let i = length; i < width; i++) {
    channels.join(input.ids[i], ids[i % length]);
    if (input.values[i] !== values[i % length]) values[i % length] = Number.NaN;
  }
  return { ids, values };
}

/** What a mixing layer's outputs are that sum over constants only; NaN for others. */
export function mixed(layer: Layer, { rows, columns, taps, weight, isUniform }: Mixing, input: number[]): number[] {
  const f = functionOf(layer.config.activation) ?? (() => Number.NaN);
  const sums = Array.from({ length: columns }, (_, i) => layer.weights.bias?.values[i] ?? 0);
  let left = columns;
  for (let row = 0; row < rows && left > 0; row++) {
    const value = input[row];
    if (value === 0) continue;
    const isConstant = isUniform && !Number.isNaN(value);
    for (let column = 0; column < columns; column++) {
      if (Number.isNaN(sums[column])) continue;
      for (let tap = 0; tap < taps; tap++) {
        const each = weight(tap, row, column);
        if (each !== 0) sums[column] += isConstant ? each * value : Number.NaN;
      }
      if (Number.isNaN(sums[column])) left--;
    }
  }
  return sums.map((sum) => (Number.isFinite(sum) ? f(sum) : Number.NaN));
}
