import { backend_util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

type Padding = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

/** A two-dimensional convolution; shapes are those of an NHWC input and of its filter. */
export interface ConvCase {
  inputShape: [number, number, number, number];
  filterShape: [number, number, number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: Padding;
}

const explicit = (top: number, bottom: number, left: number, right: number): Padding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

function of(
  inputShape: ConvCase['inputShape'],
  filterShape: ConvCase['filterShape'],
  strides: [number, number] = [1, 1],
  pad: Padding = 'valid',
  dilations: [number, number] = [1, 1],
): ConvCase {
  return { inputShape, filterShape, strides, pad, dilations };
}

/**
 * Odd sizes, strides longer than the filter, one channel, a batch of one, empty batches,
 * every kind of padding.
 */
export const convCases: ConvCase[] = [
  of([2, 7, 5, 3], [3, 3, 3, 4]),
  of([2, 7, 5, 3], [3, 3, 3, 4], [1, 1], 'same'),
  of([1, 1, 1, 1], [1, 1, 1, 1]),
  of([1, 9, 8, 1], [2, 3, 1, 5], [2, 1], 'same'),
  of([3, 6, 6, 2], [1, 1, 2, 3], [2, 2]),
  of([2, 11, 10, 2], [2, 2, 2, 3], [4, 3], 'valid'),
  of([2, 11, 10, 2], [2, 2, 2, 3], [4, 3], 'same'),
  of([2, 5, 5, 4], [5, 5, 4, 2], [1, 1], 'same'),
  of([2, 5, 5, 4], [5, 5, 4, 8], [1, 1], 'valid'),
  of([2, 6, 6, 3], [3, 3, 3, 5], [2, 2], 2),
  of([2, 6, 7, 3], [3, 3, 3, 5], [1, 1], 1),
  of([2, 6, 7, 3], [3, 2, 3, 5], [2, 1], explicit(0, 2, 1, 0)),
  of([2, 6, 7, 3], [3, 2, 3, 5], [1, 3], explicit(3, 1, 0, 4)),
  of([1, 6, 7, 16], [3, 3, 16, 17], [1, 1], 'same'),
  of([0, 5, 5, 2], [3, 3, 2, 2]),
  of([2, 25, 25, 1], [3, 3, 1, 4]),
  of([3, 8, 8, 5], [4, 4, 5, 7], [2, 2], 'same'),
];

/**
 * Dilated ones, which only depthwise convolutions have a gradient for (the stride must
 * then be one).
 */
export const dilatedCases: ConvCase[] = [
  of([2, 9, 8, 3], [3, 3, 3, 1], [1, 1], 'same', [2, 2]),
  of([2, 9, 8, 3], [3, 2, 3, 2], [1, 1], 'valid', [2, 3]),
  of([1, 10, 11, 4], [2, 3, 4, 1], [1, 1], explicit(1, 3, 2, 0), [3, 1]),
  of([1, 10, 10, 1], [3, 3, 1, 3], [1, 1], 2, [2, 2]),
];

/**
 * Random convolutions with at least one output element, at most `maxOut` output channels,
 * and no dilation unless asked for.
 */
export function arbitraryConv({ dilated = false, maxOut = 9 } = {}): fc.Arbitrary<ConvCase> {
  const length = fc.integer({ min: 1, max: 12 });
  const filterLength = fc.integer({ min: 1, max: 5 });
  const step = fc.integer({ min: 1, max: 4 });
  const margin = fc.integer({ min: 0, max: 3 });
  const steps = dilated
    ? fc.oneof(
        fc.tuple(step, step).map((strides) => [strides, [1, 1]]),
        fc.tuple(step, step).map((dilations) => [[1, 1], dilations]),
      )
    : fc.tuple(step, step).map((strides) => [strides, [1, 1]]);
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      size: fc.tuple(length, length),
      filter: fc.tuple(filterLength, filterLength),
      channels: fc.integer({ min: 1, max: 9 }),
      out: fc.integer({ min: 1, max: maxOut }),
      steps: steps as fc.Arbitrary<[[number, number], [number, number]]>,
      pad: fc.oneof(
        fc.constantFrom<Padding>('same', 'valid'),
        fc.tuple(margin, margin, margin, margin).map((m) => explicit(...m)),
      ),
    })
    .map(({ batch, size, filter, channels, out, steps: [strides, dilations], pad }) =>
      of([batch, ...size, channels], [...filter, channels, out], strides, pad, dilations),
    )
    .filter((conv) => outputShape(conv, false).every((n) => n > 0));
}

/** The shape of the convolution's output. */
export function outputShape(conv: ConvCase, depthwise: boolean): number[] {
  const { inputShape, filterShape, strides, dilations, pad } = conv;
  return backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, undefined, depthwise)
    .outShape;
}
