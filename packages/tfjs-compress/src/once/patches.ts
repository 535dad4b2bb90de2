import * as tf from '@tensorflow/tfjs-core';
import { random } from '@tfjs-compress/math/internal';

/**
 * How a convolution moves over its input. All lists have an entry for each spatial axis.
 */
export interface Window {
  kernelSize: number[];
  strides: number[];
  dilation: number[];
  padding: 'same' | 'valid';
}

/**
 * The inputs that each tap of a convolution's kernel is multiplied with, at a lattice of
 * output positions.
 *
 * @param x [batch, …spatial, channels]
 * @param most Positions that are wanted, about; fewer are there if the output has no
 *   more.
 * @param seed Moves the lattice.
 * @returns A tensor [positions, channels] for each tap, in the order of the kernel's.
 */
export function patches(x: tf.Tensor, window: Window, most: number, seed: number): tf.Tensor[] {
  const { kernelSize, strides, dilation, padding } = window;
  const spatial = x.shape.slice(1, -1);
  const reach = kernelSize.map((size, i) => (size - 1) * dilation[i] + 1);
  const outputs = spatial.map((size, i) =>
    padding === 'valid' ? Math.floor((size - reach[i]) / strides[i]) + 1 : Math.ceil(size / strides[i]),
  );
  const around = spatial.map((size, i): [number, number] => {
    if (padding === 'valid') return [0, 0];
    const total = Math.max(0, (outputs[i] - 1) * strides[i] + reach[i] - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  const padded = around.flat().some((n) => n > 0) ? tf.pad(x, [[0, 0], ...around, [0, 0]]) : x;
  const positions = x.shape[0] * outputs.reduce((a, b) => a * b, 1);
  const coarse = Math.max(1, Math.floor((positions / most) ** (1 / kernelSize.length)));
  const steps = outputs.map((size) => Math.min(coarse, size));
  // A different corner of the lattice's cell for each batch.
  const offsets = steps.map((step, i) => Math.floor(random(seed, i) * step));
  const counts = outputs.map((size, i) => Math.floor((size - 1 - offsets[i]) / steps[i]) + 1);
  const channels = x.shape[x.shape.length - 1];
  return tapsOf(kernelSize).map((tap) => {
    const begin = tap.map((t, i) => t * dilation[i] + offsets[i] * strides[i]);
    const stride = steps.map((step, i) => step * strides[i]);
    const end = begin.map((from, i) => from + (counts[i] - 1) * stride[i] + 1);
    const whole = [x.shape[0], ...end, channels];
    const part = tf.stridedSlice(padded, [0, ...begin, 0], whole, [1, ...stride, 1]);
    return tf.reshape(part, [-1, channels]);
  });
}

/** All index tuples of a kernel, the last axis fastest. */
function tapsOf(kernelSize: number[]): number[][] {
  return kernelSize.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, i) => [...tap, i])),
    [[]],
  );
}
