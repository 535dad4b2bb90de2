import {
  backend_util,
  concat,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type KernelFunc,
  mul,
  reshape,
  stridedSlice,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { padOrCrop, unlessEmpty } from './shapes.js';

/**
 * The gradient of a depthwise convolution with respect to its filter: one product and one
 * sum for each filter position.
 */
export const depthwiseConv2dNativeBackpropFilter: KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
  const { strides, dilations, pad, dimRoundingMode, filterShape } =
    attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
  const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, dilations, pad, dimRoundingMode, true);
  return tidy(() =>
    unlessEmpty([x, dy], filterShape, 'float32', () => {
      const { batchSize, inChannels, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
      const height = (outHeight - 1) * strideHeight + 1;
      const width = (outWidth - 1) * strideWidth + 1;
      const images = padOrCrop(x, {
        top: padInfo.top,
        left: padInfo.left,
        bottom: height - 1 + info.effectiveFilterHeight - info.inHeight - padInfo.top,
        right: width - 1 + info.effectiveFilterWidth - info.inWidth - padInfo.left,
      });
      const multiplier = info.outChannels / inChannels;
      const dy5D = reshape(cropTo(dy, outHeight, outWidth), [batchSize, outHeight, outWidth, inChannels, multiplier]);
      const taps: Tensor[] = [];
      for (let r = 0; r < info.filterHeight; r++) {
        for (let c = 0; c < info.filterWidth; c++) {
          const [top, left] = [r * info.dilationHeight, c * info.dilationWidth];
          const begin = [0, top, left, 0];
          const end = [batchSize, top + height, left + width, inChannels];
          const seen = stridedSlice(images, begin, end, [1, strideHeight, strideWidth, 1]);
          const products = mul(dy5D, reshape(seen, [batchSize, outHeight, outWidth, inChannels, 1]));
          taps.push(reshape(sum(products, [0, 1, 2]), [1, inChannels, multiplier]));
        }
      }
      return reshape(concat(taps, 0), filterShape);
    }),
  );
};

function cropTo(dy: Tensor4D, height: number, width: number): Tensor4D {
  const margins = { top: 0, left: 0, bottom: height - dy.shape[1], right: width - dy.shape[2] };
  return padOrCrop(dy, margins);
}
