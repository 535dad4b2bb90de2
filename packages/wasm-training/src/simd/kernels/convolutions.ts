import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  FusedConv2DAttrs,
} from '@tensorflow/tfjs-core';
import { convGeometry, hasOutput, isOutputOf } from '../ConvGeometry.js';
import { convolve, filterGradient, inputGradient } from '../convolution.js';
import { areFloats, type SimdKernel } from '../SimdKernel.js';

export const conv2D: SimdKernel<Conv2DAttrs, 'x' | 'filter'> = (w, { x, filter }, attrs) => {
  if (attrs.dataFormat === 'NCHW' || w.hasThreads || !areFloats(x, filter)) return null;
  const conv = convGeometry(x.shape, filter.shape, attrs);
  if (!hasOutput(conv)) return null;
  const out = w.output([conv.batch, conv.outHeight, conv.outWidth, conv.outChannels]);
  convolve(w, conv, w.address(x), w.address(filter), 0, w.address(out));
  return out;
};

/** Takes a bias for each output channel and no activation, as training does. */
export const fusedConv2D: SimdKernel<FusedConv2DAttrs, 'x' | 'filter', 'bias' | 'preluActivationWeights'> = (
  w,
  inputs,
  attrs,
) => {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const plain = attrs.activation === 'linear' && !preluActivationWeights && attrs.dataFormat !== 'NCHW';
  if (!plain || w.hasThreads || !areFloats(x, filter)) return null;
  const conv = convGeometry(x.shape, filter.shape, attrs);
  if (!hasOutput(conv)) return null;
  if (bias && !(areFloats(bias) && bias.shape.reduce((a, b) => a * b, 1) === conv.outChannels)) return null;
  const out = w.output([conv.batch, conv.outHeight, conv.outWidth, conv.outChannels]);
  convolve(w, conv, w.address(x), w.address(filter), bias ? w.address(bias) : 0, w.address(out));
  return out;
};

export const conv2DBackpropFilter: SimdKernel<Conv2DBackpropFilterAttrs, 'x' | 'dy'> = (w, { x, dy }, attrs) => {
  const { filterShape } = attrs;
  if (attrs.dataFormat === 'NCHW' || !areFloats(x, dy) || filterShape.includes(0)) return null;
  const conv = convGeometry(x.shape, filterShape, attrs);
  if (!isOutputOf(conv, dy.shape)) return null;
  const dw = w.output(filterShape);
  filterGradient(w, conv, w.address(x), w.address(dy), w.address(dw));
  return dw;
};

export const conv2DBackpropInput: SimdKernel<Conv2DBackpropInputAttrs, 'dy' | 'filter'> = (
  w,
  { dy, filter },
  attrs,
) => {
  const { inputShape } = attrs;
  if (attrs.dataFormat === 'NCHW' || !areFloats(dy, filter) || inputShape.includes(0)) return null;
  const conv = convGeometry(inputShape, filter.shape, attrs);
  if (!isOutputOf(conv, dy.shape)) return null;
  const dx = w.output(inputShape);
  inputGradient(w, conv, w.address(dy), w.address(filter), w.address(dx));
  return dx;
};
