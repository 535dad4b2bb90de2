/** Trains LeNet-5 (Caffe's) on MNIST, prunes it, quantizes it, saves it and loads it again: `npm start`. */
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { mainJob } from '@tfjs-compress/example-tools';

function lenet5() {
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'conv1', filters: 20, kernelSize: 5, inputShape: [28, 28, 1], ...seeded(1) }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ name: 'conv2', filters: 50, kernelSize: 5, ...seeded(2) }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'ip1', units: 500, activation: 'relu', ...seeded(3) }),
      tf.layers.dense({ name: 'ip2', units: 10, activation: 'softmax', ...seeded(4) }),
    ],
  });
}

await mainJob(lenet5, {
  title: 'LeNet-5 on MNIST',
  inputShape: [28, 28, 1],
  epochs: { train: 6, prune: 16, quantize: 6 },
  learningRates: { train: 1e-3, prune: 1e-3, quantize: 5e-4 },
  overrides: {
    conv1: { targetSparsity: 0.7 },
    conv2: { targetSparsity: 0.95 },
    ip1: { targetSparsity: 0.99 },
    ip2: { targetSparsity: 0.9 },
  },
  steps: [0.4, 0.6, 0.8, 0.9, 0.95, 1],
  folder: fileURLToPath(new URL('output', import.meta.url)),
});
