import {
  backend_util,
  type Conv2DAttrs,
  conv2d,
  type KernelFunc,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { unlessEmpty } from './shapes.js';

/**
 * The kernel for images whose channels come first, which the backend's own convolution
 * refuses: one with channels last, transposed.
 */
export function takingChannelsFirst(own: KernelFunc): KernelFunc {
  return (args) => {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = args.attrs as unknown as Conv2DAttrs;
    if (dataFormat !== 'NCHW') return own(args);
    const { x, filter } = args.inputs as { x: Tensor4D; filter: Tensor4D };
    const margins = typeof pad === 'object' ? ([pad[0], pad[2], pad[3], pad[1]] as typeof pad) : pad;
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const { outShape } = backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    return tidy(() =>
      unlessEmpty([x, filter], outShape, 'float32', () => {
        const images = transpose(x, [0, 2, 3, 1]);
        const out = conv2d(images, filter, strides, margins, 'NHWC', dilations, dimRoundingMode);
        return transpose(out, [0, 3, 1, 2]);
      }),
    );
  };
}
