import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { patches, type Window } from './patches.js';

type Layer = layers.Layer;

/**
 * What a kernel is multiplied with in one call of its layer.
 * rows: [positions, inputs], each output is a product with all of them.
 * channels: [channels, positions, taps], each channel has weights of its own.
 * counts: how often each row of an embedding was looked up.
 */
export type KernelInputs =
  | { kind: 'rows'; rows: tf.Tensor2D }
  | { kind: 'channels'; rows: tf.Tensor3D }
  | { kind: 'counts'; counts: tf.Tensor1D };

export function tensorOf(inputs: KernelInputs): tf.Tensor {
  return inputs.kind === 'counts' ? inputs.counts : inputs.rows;
}

/** How many positions are wanted, and a number that chooses among them. */
export interface Sampling {
  most: number;
  seed: number;
}

/** @returns undefined for layers whose arithmetic is not known. */
export function kernelInputs(
  layer: Layer,
  field: string,
  call: tf.Tensor[],
  sampling: Sampling,
): KernelInputs | undefined {
  const [x, state] = call;
  const owner = layer as unknown as Record<string, any>;
  switch (layer.getClassName()) {
    case 'Dense':
      return dense(x, sampling);
    case 'SimpleRNNCell':
    case 'GRUCell':
    case 'LSTMCell':
      return dense(field === 'kernel' ? x : state, sampling);
    case 'Embedding':
      return counts(x, owner.inputDim);
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
      return convolution(channelsLast(x, owner.dataFormat), windowOf(owner), sampling);
    case 'ConvLSTM2DCell':
      return field === 'kernel'
        ? convolution(channelsLast(x, owner.dataFormat), windowOf(owner), sampling)
        : convolution(
            channelsLast(state, owner.dataFormat),
            { ...windowOf(owner), strides: [1, 1], padding: 'same', dilation: [1, 1] },
            sampling,
          );
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
      return dense(channelsLast(x, owner.dataFormat), sampling);
    case 'DepthwiseConv2D':
      return depthwise(channelsLast(x, owner.dataFormat), windowOf(owner), sampling);
    case 'SeparableConv2D': {
      const last = channelsLast(x, owner.dataFormat) as tf.Tensor4D;
      if (field === 'depthwiseKernel') return depthwise(last, windowOf(owner), sampling);
      const kernel = owner.depthwiseKernel.read() as tf.Tensor4D;
      return dense(
        tf.depthwiseConv2d(last, kernel, owner.strides, owner.padding, 'NHWC', owner.dilationRate),
        sampling,
      );
    }
    default:
      return undefined;
  }
}

function windowOf(owner: Record<string, any>): Window {
  const kernelSize = [owner.kernelSize].flat() as number[];
  const each = (value: number | number[]) => (Array.isArray(value) ? value : kernelSize.map(() => value));
  return {
    kernelSize,
    strides: each(owner.strides ?? 1),
    dilation: each(owner.dilationRate ?? 1),
    padding: owner.padding,
  };
}

function channelsLast(x: tf.Tensor, dataFormat: string | undefined): tf.Tensor {
  if (dataFormat !== 'channelsFirst') return x;
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [0, ...axes.slice(2), 1]);
}

/**
 * As a convolution of one tap over a sequence: so its positions are chosen like those.
 */
function dense(x: tf.Tensor, sampling: Sampling): KernelInputs {
  const sequence = tf.reshape(x, [1, -1, x.shape[x.shape.length - 1]]);
  return convolution(sequence, { kernelSize: [1], strides: [1], dilation: [1], padding: 'valid' }, sampling);
}

function convolution(x: tf.Tensor, window: Window, { most, seed }: Sampling): KernelInputs {
  return { kind: 'rows', rows: tf.concat(patches(x, window, most, seed), 1) as tf.Tensor2D };
}

function depthwise(x: tf.Tensor, window: Window, { most, seed }: Sampling): KernelInputs {
  const taps = patches(x, window, most, seed);
  return { kind: 'channels', rows: tf.transpose(tf.stack(taps), [2, 1, 0]) as tf.Tensor3D };
}

function counts(x: tf.Tensor, size: number): KernelInputs {
  const indices = tf.cast(tf.reshape(x, [-1]), 'int32') as tf.Tensor1D;
  return { kind: 'counts', counts: tf.bincount(indices, tf.ones([indices.size]), size) };
}
