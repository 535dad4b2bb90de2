/**
 * Trains LeNet-300-100 on MNIST, prunes it, quantizes it, saves it and loads it again:
 * `npm start`.
 */
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { mainJob } from '@tfjs-compress/example-tools';

function lenet300100() {
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'ip1', units: 300, activation: 'relu', inputShape: [784], ...seeded(1) }),
      tf.layers.dense({ name: 'ip2', units: 100, activation: 'relu', ...seeded(2) }),
      tf.layers.dense({ name: 'ip3', units: 10, activation: 'softmax', ...seeded(3) }),
    ],
  });
}

await mainJob(lenet300100, {
  title: 'LeNet-300-100 on MNIST',
  inputShape: [784],
  epochs: { train: 10, prune: 24, quantize: 10 },
  learningRates: { train: 1e-3, prune: 1e-3, quantize: 5e-4 },
  overrides: { ip1: { targetSparsity: 0.98 }, ip2: { targetSparsity: 0.97 }, ip3: { targetSparsity: 0.7 } },
  steps: [0.4, 0.6, 0.8, 0.9, 0.95, 1],
  folder: fileURLToPath(new URL('output', import.meta.url)),
});
