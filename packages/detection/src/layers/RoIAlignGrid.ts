import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { RoIAlignOptions } from '../roi/roiAlign.js';
import { roiAlignGrid } from '../roi/roiAlignGrid.js';
import type { LayerConfig, Shape } from './layer.js';

/** roiAlignGrid as a layer: [features [1, h, w, c], x [1, shapes, columns, 2], y [1, shapes, rows, 2]] → [shapes · columns · rows, size, size, c]. */
export class RoIAlignGrid extends layers.Layer {
  static readonly className = 'RoIAlignGrid';
  private readonly options: Required<RoIAlignOptions>;

  constructor(args: LayerConfig & RoIAlignOptions) {
    super(args);
    const { size, stride = 1, samplingRatio = 2, aligned = true } = args;
    this.options = { size, stride, samplingRatio, aligned };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [features, x, y] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    return roiAlignGrid(features, x, y, this.options);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [features] = inputShape as Shape[];
    return [null, this.options.size, this.options.size, features[3]];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(RoIAlignGrid);
