import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compressed } from 'tfjs-compress';

/** Writes model.tfz, a small convolutional net, into the folder that it runs in. */
await tf.ready();
const model = sequential({
  layers: [
    layers.conv2d({ name: 'conv', inputShape: [12, 12, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
    layers.flatten(),
    layers.dense({ name: 'out', units: 10, activation: 'softmax' }),
  ],
});
await model.save(compressed('file://model.tfz'));
