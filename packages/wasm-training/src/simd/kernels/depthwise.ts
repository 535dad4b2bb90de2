import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry, isOutputOf } from '../ConvGeometry.js';
import { areFloats, type SimdKernel } from '../SimdKernel.js';

export const depthwiseConv2dNativeBackpropFilter: SimdKernel<DepthwiseConv2dNativeBackpropFilterAttrs, 'x' | 'dy'> = (
  w,
  { x, dy },
  attrs,
) => {
  const { filterShape } = attrs;
  if (!areFloats(x, dy) || filterShape.includes(0)) return null;
  const conv = convGeometry(x.shape, filterShape, attrs, true);
  if (!isOutputOf(conv, dy.shape)) return null;
  const dw = w.output(filterShape);
  const taps = conv.filterHeight * conv.filterWidth * conv.outChannels;
  // Image by image, so that rounding errors do not grow with the batch.
  const ofOne = w.scratch(4 * taps);
  const imageBytes = 4 * conv.inHeight * conv.inWidth * conv.inChannels;
  const outputBytes = 4 * conv.outHeight * conv.outWidth * conv.outChannels;
  for (let b = 0; b < conv.batch; b++) {
    const sum = b === 0 ? w.address(dw) : ofOne;
    const [image, gradient] = [w.address(x) + b * imageBytes, w.address(dy) + b * outputBytes];
    w.simd.depthwiseGradient(1, image, gradient, sum, ...depthwiseArguments({ ...conv, batch: 1 }));
    if (b > 0) w.simd.addTo(w.address(dw), ofOne, taps);
  }
  return dw;
};

export const depthwiseConv2dNativeBackpropInput: SimdKernel<
  DepthwiseConv2dNativeBackpropInputAttrs,
  'dy' | 'filter'
> = (w, { dy, filter }, attrs) => {
  const { inputShape } = attrs;
  if (!areFloats(dy, filter) || inputShape.includes(0)) return null;
  const conv = convGeometry(inputShape, filter.shape, attrs, true);
  if (!isOutputOf(conv, dy.shape)) return null;
  const dx = w.output(inputShape);
  w.simd.depthwiseGradient(0, w.address(filter), w.address(dy), w.address(dx), ...depthwiseArguments(conv));
  return dx;
};

function depthwiseArguments(conv: ConvGeometry) {
  return [
    conv.batch,
    conv.inHeight,
    conv.inWidth,
    conv.inChannels,
    conv.outChannels / conv.inChannels,
    conv.outHeight,
    conv.outWidth,
    conv.filterHeight,
    conv.filterWidth,
    conv.strideHeight,
    conv.strideWidth,
    conv.dilationHeight,
    conv.dilationWidth,
    conv.top,
    conv.left,
  ];
}
