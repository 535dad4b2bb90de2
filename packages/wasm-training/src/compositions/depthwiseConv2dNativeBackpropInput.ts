import {
  backend_util,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  depthwiseConv2d,
  type KernelFunc,
  reshape,
  reverse,
  sum,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { insertZeros, padOrCrop, unlessEmpty } from './shapes.js';

/**
 * The gradient of a depthwise convolution with respect to its input: dy, with stride − 1
 * zeros put between its elements, convolved with the filter turned round; the channels
 * that came from one input channel are then summed.
 */
export const depthwiseConv2dNativeBackpropInput: KernelFunc = ({ inputs, attrs }) => {
  const { dy, filter } = inputs as { dy: Tensor4D; filter: Tensor4D };
  const { strides, dilations, pad, dimRoundingMode, inputShape } =
    attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
  const info = backend_util.computeConv2DInfo(inputShape, filter.shape, strides, dilations, pad, dimRoundingMode, true);
  return tidy(() =>
    unlessEmpty([dy, filter], inputShape, 'float32', () => {
      const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
      const used = padOrCrop(dy, { top: 0, left: 0, bottom: outHeight - dy.shape[1], right: outWidth - dy.shape[2] });
      const spread = insertZeros(used, info.strideHeight, info.strideWidth);
      const top = info.effectiveFilterHeight - 1 - padInfo.top;
      const left = info.effectiveFilterWidth - 1 - padInfo.left;
      const images = padOrCrop(spread, {
        top,
        left,
        bottom: inHeight + info.effectiveFilterHeight - 1 - top - spread.shape[1],
        right: inWidth + info.effectiveFilterWidth - 1 - left - spread.shape[2],
      });
      const turned = reshape(reverse(filter, [0, 1]), [info.filterHeight, info.filterWidth, outChannels, 1]);
      const dilation: [number, number] = [info.dilationHeight, info.dilationWidth];
      const dx = depthwiseConv2d(images, turned as Tensor4D, 1, 'valid', 'NHWC', dilation);
      const multiplier = outChannels / inChannels;
      return multiplier === 1 ? dx : sum(reshape(dx, [batchSize, inHeight, inWidth, inChannels, multiplier]), 4);
    }),
  );
};
