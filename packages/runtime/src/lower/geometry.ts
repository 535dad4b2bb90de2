import type { Layer } from '../graph/Graph.js';
import type { Builder } from '../program/Builder.js';
import type { Value } from '../program/Value.js';

type Config = Record<string, any>;

/** One dimension that windows slide along. */
export interface Axis {
  /** Sizes of the input and the output. */
  in: number;
  out: number;
  /** Elements of the window. */
  kernel: number;
  stride: number;
  dilation: number;
  /** Padding in front; behind, as much as the output asks for. */
  before: number;
  /**
   * The input is spread: its elements are this far apart, with zeros between (transposed
   * convolutions).
   */
  spread: number;
}

/** A number, or one for each dimension, of a config. */
export function sizes(config: Config, key: string, rank: number, fallback: number[] | number = 1): number[] {
  const given = config[key] ?? fallback;
  const all: number[] = Array.isArray(given) ? given : new Array(rank).fill(given);
  if (all.length !== rank || !all.every((size) => Number.isInteger(size) && size > 0 && size < 2 ** 31)) {
    throw new Error(`${key}: expected ${rank} whole numbers > 0, received ${JSON.stringify(given)}.`);
  }
  return all;
}

/**
 * How windows of `kernel` elements slide over an input, as tfjs computes it: in three
 * dimensions ('same3D') padding can be negative, where the stride is larger than the
 * window.
 */
export function axisOf(size: number, kernel: number, stride: number, dilation: number, padding: string): Axis {
  const extent = (kernel - 1) * dilation + 1;
  const axis = { in: size, kernel, stride, dilation, spread: 1 };
  if (padding === 'valid') return { ...axis, out: Math.ceil((size - extent + 1) / stride), before: 0 };
  const out = Math.ceil(size / stride);
  if (padding === 'causal') return { ...axis, out, before: extent - 1 };
  return { ...axis, out, before: halfOf((out - 1) * stride + extent - size, padding) };
}

/** The dimensions of v, [batch, ..., channels], that a layer's windows slide along. */
export function axesOf(v: Value, kernel: number[], { config, margins }: Layer, dilations: number[]): Axis[] {
  const strides = sizes(config, 'strides', kernel.length);
  const padding = paddingOf(config, kernel.length);
  return kernel.map((size, i) => {
    const input = v.shape[i + 1];
    const [before, after] = margins?.[i] ?? [0, 0];
    const axis = axisOf(input + before + after, size, strides[i], dilations[i], padding);
    return { ...axis, in: input, before: axis.before + before };
  });
}

/** As a convolution of the input, spread, with the kernel turned around. */
export function transposedAxis(size: number, kernel: number, stride: number, padding: string): Axis {
  const isValid = padding === 'valid';
  const out = size * stride + (isValid ? Math.max(0, kernel - stride) : 0);
  const before = kernel - 1 - (isValid ? 0 : halfOf(kernel - stride, padding));
  return { in: size, out, kernel, stride: 1, dilation: 1, before, spread: stride };
}

/** The padding in front. */
function halfOf(total: number, padding: string): number {
  if (!padding.startsWith('same')) throw new Error(`padding: '${padding}' is not supported.`);
  return Math.floor((padding === 'same' ? Math.max(0, total) : total) / 2);
}

/** The padding of a config, for axisOf. */
export function paddingOf({ padding = 'valid' }: Config, rank: number): string {
  return padding === 'same' && rank === 3 ? 'same3D' : `${padding}`;
}

/** `v` with its dimensions in another order, not moved. */
export function permuted(b: Builder, v: Value, order: number[]): Value {
  return b.view(v, { shape: order.map((i) => v.shape[i]), strides: order.map((i) => v.strides[i]) });
}

/** Checks the rank of an input; a size 2^31 would end here too. */
export function expectRank({ shape }: Value, rank: number): void {
  if (shape.length !== rank) throw new Error(`expected an input of rank ${rank}, received the shape [${shape}].`);
}

/** Computes with channels last whatever the config's dataFormat is; views, no copies. */
export function channelsLast(b: Builder, config: Config, x: Value, compute: (x: Value) => Value): Value {
  const format = config.dataFormat ?? 'channelsLast';
  if (format === 'channelsLast') return compute(x);
  if (format !== 'channelsFirst') throw new Error(`dataFormat: '${format}' is not supported.`);
  const spatial = x.shape.slice(2).map((_, i) => i);
  const y = compute(permuted(b, x, [0, ...spatial.map((i) => i + 2), 1]));
  return permuted(b, y, [0, spatial.length + 1, ...spatial.map((i) => i + 1)]);
}

/** [[top, bottom], [left, right]] of a config. */
export function margins(config: Config, key: string, fallback?: number): number[][] {
  const given = config[key] ?? fallback;
  const pair = Array.isArray(given) ? given : [given, given];
  const all = pair.map((one) => (Array.isArray(one) ? one : [one, one]));
  if (
    all.length !== 2 ||
    !all.every((one) => one.length === 2 && one.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 31))
  ) {
    throw new Error(`${key}: expected whole numbers ≥ 0, received ${JSON.stringify(given)}.`);
  }
  return all;
}
