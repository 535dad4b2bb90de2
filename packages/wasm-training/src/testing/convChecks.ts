import {
  depthwiseConv2d,
  engine,
  mul,
  setBackend,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectLikeCpu, randoms, relativeError, size } from './compareWithCpu.js';
import { type ConvCase, outputShape } from './convCases.js';

export type DataFormat = 'NHWC' | 'NCHW';

const nchw = ([b, h, w, c]: number[]) => [b, c, h, w];

export async function checkConv({ inputShape, filterShape, strides, dilations, pad }: ConvCase): Promise<void> {
  const inputs = { x: { shape: inputShape }, filter: { shape: filterShape } };
  await expectLikeCpu('Conv2D', inputs, { strides, pad, dilations, dataFormat: 'NHWC' });
  const bias = { shape: [filterShape[3]] };
  const attrs = { strides, pad, dilations, dataFormat: 'NHWC', activation: 'linear' };
  await expectLikeCpu('FusedConv2D', { ...inputs, bias }, attrs);
}

export async function checkFilterGradient(conv: ConvCase, dataFormat: DataFormat): Promise<void> {
  const order = dataFormat === 'NHWC' ? (shape: number[]) => shape : nchw;
  const inputs = { x: { shape: order(conv.inputShape) }, dy: { shape: order(outputShape(conv, false)) } };
  const attrs = { ...gradientAttrs(conv, dataFormat), filterShape: conv.filterShape };
  await expectLikeCpu('Conv2DBackpropFilter', inputs, attrs);
}

export async function checkInputGradient(conv: ConvCase, dataFormat: DataFormat): Promise<void> {
  const order = dataFormat === 'NHWC' ? (shape: number[]) => shape : nchw;
  const inputs = { dy: { shape: order(outputShape(conv, false)) }, filter: { shape: conv.filterShape } };
  const attrs = { ...gradientAttrs(conv, dataFormat), inputShape: order(conv.inputShape) };
  await expectLikeCpu('Conv2DBackpropInput', inputs, attrs);
}

function gradientAttrs({ strides, pad }: ConvCase, dataFormat: DataFormat) {
  const ordered = typeof pad === 'object' && dataFormat === 'NCHW' ? [pad[0], pad[3], pad[1], pad[2]] : pad;
  return { strides, pad: ordered, dataFormat };
}

/** A convolution of images whose channels come first. */
export async function checkChannelsFirst(conv: ConvCase): Promise<void> {
  const inputs = { x: { shape: nchw(conv.inputShape) }, filter: { shape: conv.filterShape } };
  await expectLikeCpu('Conv2D', inputs, { ...gradientAttrs(conv, 'NCHW'), dilations: conv.dilations });
}

/** Both gradients of a depthwise convolution without dilation. */
export async function checkDepthwise({ inputShape, filterShape, strides, dilations, pad }: ConvCase) {
  const dy = { shape: outputShape({ inputShape, filterShape, strides, dilations, pad }, true) };
  const attrs = { strides, dilations, pad };
  const x = { shape: inputShape };
  const filter = { shape: filterShape };
  await expectLikeCpu('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape });
  await expectLikeCpu('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape });
}

/**
 * The cpu backend's gradients ignore dilations. A convolution is linear, though, so that
 * each element of a gradient is the product of dy with the convolution, which the cpu
 * backend has right, of the unit tensor for that element.
 */
export async function checkDilatedDepthwise(conv: ConvCase) {
  const { inputShape, filterShape, strides, dilations, pad } = conv;
  const wanted = await byUnitTensors(conv);
  await setBackend('wasm');
  const got = tidy(() => {
    const [x, filter, dy] = operands(conv);
    const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object) =>
      (engine().runKernel(kernel, inputs, { strides, dilations, pad, ...attrs } as never) as Tensor).dataSync();
    return [
      run('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { inputShape }),
      run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { filterShape }),
    ];
  });
  expect(relativeError(got[0], wanted[0])).toBeLessThan(1e-5);
  expect(relativeError(got[1], wanted[1])).toBeLessThan(1e-5);
}

async function byUnitTensors(conv: ConvCase) {
  await setBackend('cpu');
  return tidy(() => {
    const [x, filter, dy] = operands(conv);
    const { strides, pad, dilations } = conv;
    const product = (x: Tensor4D, filter: Tensor4D) =>
      sum(mul(depthwiseConv2d(x, filter, strides, pad as never, 'NHWC', dilations), dy)).dataSync()[0];
    const units = (like: Tensor4D, f: (unit: Tensor4D) => number) =>
      Float32Array.from({ length: like.size }, (_, i) => tidy(() => f(unit(like, i))));
    return [units(x, (unit) => product(unit, filter)), units(filter, (unit) => product(x, unit))];
  });
}

function unit(like: Tensor4D, i: number): Tensor4D {
  const values = new Float32Array(like.size);
  values[i] = 1;
  return tensor(values, like.shape);
}

function operands(conv: ConvCase): [Tensor4D, Tensor4D, Tensor4D] {
  const shapes = [conv.inputShape, conv.filterShape, outputShape(conv, true)];
  return shapes.map((shape, i) => tensor(randoms(size(shape), i), shape as [number, number, number, number])) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ];
}
