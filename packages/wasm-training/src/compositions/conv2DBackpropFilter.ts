import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  conv2d,
  type KernelFunc,
  slice,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { padOrCrop, unlessEmpty } from './shapes.js';

/**
 * The gradient of a convolution with respect to its filter, as a convolution: the images'
 * channels stand as its batch, the batch as its channels, dy as its filter, and the
 * stride as its dilation.
 */
export const conv2DBackpropFilter: KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const info = backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  return tidy(() =>
    unlessEmpty([x, dy], filterShape, 'float32', () => {
      const last = info.dataFormat === 'channelsLast';
      const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = info;
      const rowsOfX = last ? ([3, 1, 2, 0] as const) : ([1, 2, 3, 0] as const);
      const rowsOfDy = last ? ([1, 2, 0, 3] as const) : ([2, 3, 0, 1] as const);
      const filter = slice(transpose(dy, [...rowsOfDy]), [0, 0, 0, 0], [outHeight, outWidth, -1, -1]);
      const images = padOrCrop(transpose(x, [...rowsOfX]), {
        top: padInfo.top,
        left: padInfo.left,
        bottom: (outHeight - 1) * strideHeight + info.filterHeight - info.inHeight - padInfo.top,
        right: (outWidth - 1) * strideWidth + info.filterWidth - info.inWidth - padInfo.left,
      });
      const dw = conv2d(images, filter, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
      return transpose(dw, [1, 2, 0, 3]);
    }),
  );
};
