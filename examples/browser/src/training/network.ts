import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

/** A small LeNet: two convolutions, two dense layers, 80,202 parameters. */
export function network(): Sequential {
  return sequential({
    layers: [
      layers.conv2d({ name: 'conv1', filters: 16, kernelSize: 5, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ name: 'conv2', filters: 32, kernelSize: 5, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ name: 'hidden', units: 128, activation: 'relu' }),
      layers.dense({ name: 'out', units: 10, activation: 'softmax' }),
    ],
  });
}
