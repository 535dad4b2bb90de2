import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { writeAsIs } from '@tfjs-compress/layers/internal';

export function read(variable: { read(): tf.Tensor }): Promise<Float32Array> {
  return variable.read().data<'float32'>();
}

export function write(variable: LayerVariable, values: Float32Array): void {
  tf.tidy(() => writeAsIs(variable, tf.tensor(values, variable.shape as number[])));
}
