import type { Layer, Weight } from '../graph/Graph.js';
import type { Activation } from '../program/activations.js';
import type { Builder } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import { f, type Parameter } from '../program/Operation.js';
import { fuse } from '../program/product.js';
import type { Value } from '../program/Value.js';
import { windowScratchBytes } from '../program/windowScratchBytes.js';
import { type Axis, axesOf, expectRank } from './geometry.js';

export const Kind = { sum: 0, max: 1, average: 2 } as const;

/** What a depthwise convolution has beside a pooling. */
interface Taps {
  weights: Parameter;
  bias: Parameter;
  multiplier: number;
  limits: Parameter[];
}

const free: Taps = { weights: 0, bias: 0, multiplier: 1, limits: [f(-Infinity), f(Infinity)] };

/** Op.window on x [images, height, width, channels]. */
export function window(b: Builder, kind: number, x: Value, axes: Axis[], taps: Taps = free): Value {
  expectRank(x, 4);
  const [rows, columns] = axes;
  for (const { out } of axes)
    if (out < 1) throw new Error(`an input of shape [${x.shape}] is too small for its windows.`);
  const cut = cropped(b, x, axes);
  const isAdjacent = cut.strides[2] === 4 || cut.shape[2] === 1;
  const from = isAdjacent ? cut : b.planes(cut);
  const [images, height, width, channels] = from.shape;
  const { weights, bias, multiplier, limits } = taps;
  const y = b.value([images, rows.out, columns.out, channels * multiplier], 'planes');
  const scratch = { buffer: b.buffer(windowScratchBytes(rows, columns)), offset: 0 };
  const strides = ({ strides: [image, row, , channel] }: Value): number[] => [channel, image, row];
  const pair = (key: keyof Axis): number[] => axes.map((axis) => axis[key]);
  b.op(
    ...[
      Op.window,
      kind,
      from,
      y,
      weights,
      bias,
      scratch,
      channels,
      images,
      multiplier,
      height,
      width,
      ...strides(from),
    ],
    ...[rows.out, columns.out, ...strides(y), ...pair('kernel'), ...pair('stride'), ...pair('dilation')],
    ...[...pair('before').map((before) => Math.max(0, before)), ...limits],
  );
  return y;
}

/** Without what negative padding leaves out. */
function cropped(b: Builder, x: Value, axes: Axis[]): Value {
  const cut = axes.map(({ before }) => Math.max(0, -before));
  const shape = x.shape.map((size, i) => size - (cut[i - 1] ?? 0));
  return b.view(x, { offset: cut[0] * x.strides[1] + cut[1] * x.strides[2], shape });
}

/** A depthwise convolution with a kernel [height, width, channels, multiplier]. */
export function depthwise(
  b: Builder,
  x: Value,
  kernel: Weight,
  bias: Float32Array | undefined,
  layer: Layer,
  dilations: number[],
  activation?: Activation,
): Value {
  expectRank(x, 4);
  const [height, width, channels, multiplier] = kernel.shape;
  if (x.shape[3] !== channels) throw new Error(`expected ${channels} input channels, received ${x.shape[3]}.`);
  const axes = axesOf(x, [height, width], layer, dilations);
  const make = (): Float32Array => {
    const outputs = channels * multiplier;
    const taps = height * width;
    const turned = new Float32Array(kernel.values.length);
    for (let tap = 0; tap < taps; tap++) {
      for (let o = 0; o < outputs; o++) turned[o * taps + tap] = kernel.values[tap * outputs + o];
    }
    return turned;
  };
  const { limits, rest } = fuse(activation);
  const weights = b.constant({ owner: kernel, name: 'by channels', make });
  const y = window(b, Kind.sum, x, axes, { weights, bias: bias ? b.constant(bias) : 0, multiplier, limits });
  return b.activate(y, rest, true);
}
