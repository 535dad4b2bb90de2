import * as tf from '@tensorflow/tfjs-core';
import { check } from '@tfjs-compress/math';
import { caffeMean, resizedSize } from '@tfjs-compress/math/detection';
import type { HyperNetConfig } from './HyperNetArgs.js';

/** What can be detected in: values 0 … 255 of shape [height, width, 3], or what tf.browser.fromPixels takes. */
export type Picture = tf.Tensor3D | Parameters<typeof tf.browser.fromPixels>[0];

export interface Prepared {
  /** [1, height, width, 3], both multiples of the deepest stride; zeros on the right and below the picture. */
  input: tf.Tensor4D;
  /** Size of the picture in `input`, without padding. */
  width: number;
  height: number;
  /** `input`'s pixels in one of the picture's. */
  scaleX: number;
  scaleY: number;
}

/** Resizes, scales and pads. The caller disposes of `input`. */
export function prepare(picture: Picture, config: HyperNetConfig, deepestStride: number): Prepared {
  let size: Omit<Prepared, 'input'> | undefined;
  const input = tf.tidy(() => {
    const pixels = picture instanceof tf.Tensor ? picture : tf.browser.fromPixels(picture);
    const expected = 'a tensor of shape [height, width, 3] or an image';
    check(pixels.shape.length === 3 && pixels.shape[2] === 3, 'picture', expected, pixels.shape);
    const [rows, columns] = pixels.shape;
    const { width, height } = resizedSize(columns, rows, config);
    const large = `sides of at least ${deepestStride} pixels after resizing (the trunk's stride)`;
    check(Math.min(width, height) >= deepestStride, 'picture', large, [height, width]);
    size = { width, height, scaleX: width / columns, scaleY: height / rows };
    const resized = tf.image.resizeBilinear(tf.cast(pixels, 'float32') as tf.Tensor3D, [height, width]);
    const up = (n: number) => Math.ceil(n / deepestStride) * deepestStride - n;
    const padded = tf.pad(toTrunk(resized, config.preprocessing), [
      [0, up(height)],
      [0, up(width)],
      [0, 0],
    ]);
    return tf.expandDims(padded, 0) as tf.Tensor4D;
  });
  return { input, ...(size as Omit<Prepared, 'input'>) };
}

function toTrunk(pixels: tf.Tensor3D, preprocessing: HyperNetConfig['preprocessing']): tf.Tensor3D {
  if (preprocessing === 'tf') return tf.sub(tf.div(pixels, 127.5), 1);
  if (preprocessing === 'caffe') return tf.sub(tf.reverse(pixels, -1), tf.tensor1d(caffeMean));
  return pixels;
}
