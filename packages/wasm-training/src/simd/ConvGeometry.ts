import { backend_util } from '@tensorflow/tfjs-core';

/**
 * The sizes of a convolution of NHWC images; outChannels counts all channels of the
 * output.
 */
export interface ConvGeometry {
  batch: number;
  inHeight: number;
  inWidth: number;
  inChannels: number;
  outHeight: number;
  outWidth: number;
  outChannels: number;
  filterHeight: number;
  filterWidth: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  /** Rows above and columns left of an image. */
  top: number;
  left: number;
}

interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

export function convGeometry(input: number[], filter: number[], attrs: ConvAttrs, depthwise = false): ConvGeometry {
  const { strides, pad, dilations, dimRoundingMode } = attrs;
  const info = backend_util.computeConv2DInfo(
    input as Shape4D,
    filter as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return fromInfo(info);
}

export function poolGeometry(input: number[], filterSize: [number, number] | number, attrs: ConvAttrs): ConvGeometry {
  const { strides, pad, dimRoundingMode } = attrs;
  return fromInfo(
    backend_util.computePool2DInfo(input as Shape4D, filterSize, strides, 1, pad, dimRoundingMode, 'channelsLast'),
  );
}

function fromInfo(info: backend_util.Conv2DInfo): ConvGeometry {
  return { ...info, batch: info.batchSize, top: info.padInfo.top, left: info.padInfo.left };
}

/** Values that one output value is a sum of. */
export function patchSize(conv: ConvGeometry): number {
  return conv.filterHeight * conv.filterWidth * conv.inChannels;
}

/** The arguments from `batch` on that the pooling kernels and addPatches share. */
export function geometryArguments(conv: ConvGeometry) {
  const { batch, inHeight, inWidth, inChannels, outHeight, outWidth } = conv;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = conv;
  return [
    batch,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    top,
    left,
  ] as const;
}

/** Whether the filter fits into the images. */
export function hasOutput({ outHeight, outWidth }: ConvGeometry): boolean {
  return outHeight > 0 && outWidth > 0;
}

/** Whether a tensor of these sizes has the shape that the convolution gives. */
export function isOutputOf(conv: ConvGeometry, shape: number[]): boolean {
  return [conv.batch, conv.outHeight, conv.outWidth, conv.outChannels].every((n, i) => n === shape[i]);
}
