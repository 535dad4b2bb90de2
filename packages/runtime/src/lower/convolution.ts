import type { Layer, Weight } from '../graph/Graph.js';
import { softmaxOf } from '../program/activations.js';
import type { Builder, Lower, Lowerings, ProductOptions } from '../program/Builder.js';
import { Matrix, matrixOf } from '../program/Matrix.js';
import { sizeOf, type Value } from '../program/Value.js';
import { axesOf, channelsLast, expectRank, paddingOf, sizes, transposedAxis } from './geometry.js';
import { slide } from './slide.js';
import { depthwise } from './window.js';

/**
 * Softmax depends on which dimension is the last: it comes when the channels are back
 * where they were.
 */
function activated(b: Builder, layer: Layer, x: Value, compute: (x: Value, options: ProductOptions) => Value): Value {
  const { activation } = layer.config;
  const isSoftmax = softmaxOf(activation) !== undefined;
  const y = channelsLast(b, layer.config, x, (v) => compute(v, isSoftmax ? {} : { activation }));
  return isSoftmax ? b.activate(y, activation) : y;
}

const convolution =
  (rank: number): Lower =>
  (b, layer, [x]) => {
    const { config, weights } = layer;
    expectRank(x, rank + 2);
    const dilations = sizes(config, 'dilationRate', rank);
    return activated(b, layer, x, (v, options) => {
      const axes = axesOf(v, weights.kernel.shape.slice(0, rank), layer, dilations);
      return slide(b, v, axes, matrixOf(weights.kernel), weights.bias?.values, options);
    });
  };

const transposed =
  (rank: number): Lower =>
  (b, layer, [x]) => {
    const { config, weights } = layer;
    expectRank(x, rank + 2);
    const strides = sizes(config, 'strides', rank);
    return activated(b, layer, x, (v, options) => {
      const axes = strides.map((stride, i) =>
        transposedAxis(v.shape[i + 1], weights.kernel.shape[i], stride, paddingOf(config, rank)),
      );
      return slide(b, v, axes, matrixOf(weights.kernel, turned), weights.bias?.values, options);
    });
  };

/**
 * The kernel of a transposed convolution, [...taps, outputs, inputs], turned around:
 * [taps × inputs][outputs].
 */
function turned({ shape, values }: Weight): Matrix {
  const taps = sizeOf(shape.slice(0, -2));
  const [outputs, inputs] = shape.slice(-2);
  const to = new Float32Array(values.length);
  for (let tap = 0; tap < taps; tap++) {
    const from = (taps - 1 - tap) * outputs * inputs;
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) to[(tap * inputs + i) * outputs + o] = values[from + o * inputs + i];
    }
  }
  return new Matrix(to, taps * inputs, outputs);
}

const separable: Lower = (b, layer, [x]) => {
  const { config, weights } = layer;
  const { depthwiseKernel, pointwiseKernel, bias } = weights;
  // tfjs activates before the channels go back.
  return channelsLast(b, config, x, (v) => {
    const y = depthwise(b, v, depthwiseKernel, undefined, layer, sizes(config, 'dilationRate', 2));
    return b.product(y, matrixOf(pointwiseKernel), bias?.values, { activation: config.activation });
  });
};

export const convolutions: Lowerings = {
  // tfjs leaves the channels of a Conv1D last, even if they came first.
  Conv1D: (b, layer, inputs, node) => {
    const { dataFormat, ...config } = layer.config;
    const [x] = inputs;
    const last = dataFormat === 'channelsFirst' ? b.view(x, swapped(x)) : x;
    return convolution(1)(b, { ...layer, config }, [last], node);
  },
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  SeparableConv2D: separable,
  // tfjs ignores the dilation of this layer.
  DepthwiseConv2D: (b, layer, [x]) =>
    activated(b, layer, x, (v, { activation }) =>
      b.activate(
        depthwise(b, v, layer.weights.depthwiseKernel, layer.weights.bias?.values, layer, [1, 1], activation),
        undefined,
      ),
    ),
};

function swapped({ shape: [n, c, w], strides: [ofN, ofC, ofW] }: Value): Partial<Value> {
  return { shape: [n, w, c], strides: [ofN, ofW, ofC] };
}
