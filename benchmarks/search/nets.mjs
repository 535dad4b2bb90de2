import * as tf from '@tensorflow/tfjs';
import { cifarNets, slower } from './cifarNets.mjs';
import { mnist } from './data.mjs';

/**
 * One for all layers of a net; each stage sets its weight decay. One that begins with 0
 * would stay without any.
 */
const regularizer = tf.regularizers.l2({ l2: 1 });
const seeded = (seed, kernelRegularizer = regularizer) => ({
  kernelInitializer: tf.initializers.glorotUniform({ seed }),
  kernelRegularizer,
});

/** @param decay The regularizer of all kernels; null is none. */
export function buildLeNet300100(seed, decay) {
  const common = (k) => seeded(10 * seed + k, decay);
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'ip1', units: 300, activation: 'relu', inputShape: [784], ...common(1) }),
      tf.layers.dense({ name: 'ip2', units: 100, activation: 'relu', ...common(2) }),
      tf.layers.dense({ name: 'ip3', units: 10, activation: 'softmax', ...common(3) }),
    ],
  });
}

/** Learning rates by the epochs that are done, of how many. */
const schedules = {
  toTheEnd: (epoch, epochs) => 0.05 * (0.505 + 0.495 * Math.cos((Math.PI * epoch) / epochs)),
  /** While surgery goes on, then with the masks fixed. */
  steadyThenCosine: (epoch, epochs) => {
    const steady = Math.round(0.6 * epochs);
    return epoch < steady ? 0.02 : 0.02 * (1 + Math.cos((Math.PI * (epoch - steady)) / (epochs - steady)));
  },
  /** A cosine from .1 to .002 in each of the ten stages of INQ. */
  restarts: (epoch, epochs) => {
    const length = epochs / 10;
    return 0.002 + 0.049 * (1 + Math.cos((Math.PI * (epoch % length)) / length));
  },
};

/**
 * The settings of benchmarks/lenet-300-100, which were chosen by looking at test errors.
 */
const lenet300100 = {
  data: mnist([784]),
  build: (seed) => buildLeNet300100(seed),
  dense: { epochs: 30, batchSize: 64, weightDecay: 1e-3, schedule: 'toTheEnd' },
  hand: {
    surgery: {
      overrides: { ip1: { targetSparsity: 0.9853 }, ip2: { targetSparsity: 0.97 }, ip3: { targetSparsity: 0.75 } },
      frequency: 10,
      pruneBias: true,
    },
    // The masks are fixed after 60% of the epochs.
    surgeryPart: 0.6,
    prune: { epochs: 60, batchSize: 128, weightDecay: 5e-4, settledWeightDecay: 5e-5, schedule: 'steadyThenCosine' },
    quantize: { epochs: 40, batchSize: 256, weightDecay: 5e-5, schedule: 'restarts' },
    steps: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
    bits: [5, 4],
  },
  // The dense net's, for a batch twice as large.
  search: { batchSize: 128, learningRate: 0.1, weightDecay: 1e-3 },
};

/**
 * By hand, as many weights as the public model of DNS and a codebook has, which
 * benchmarks/format/trainLenet5.mjs makes, with epochs for some thousand images and the
 * schedules of LeNet-300-100.
 */
const lenet5 = {
  data: mnist([28, 28, 1]),
  build: (seed) =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({
          name: 'conv1',
          filters: 20,
          kernelSize: 5,
          inputShape: [28, 28, 1],
          ...seeded(10 * seed + 1),
        }),
        tf.layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
        tf.layers.conv2d({ name: 'conv2', filters: 50, kernelSize: 5, ...seeded(10 * seed + 2) }),
        tf.layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
        tf.layers.flatten({ name: 'flatten' }),
        tf.layers.dense({ name: 'ip1', units: 500, activation: 'relu', ...seeded(10 * seed + 3) }),
        tf.layers.dense({ name: 'ip2', units: 10, activation: 'softmax', ...seeded(10 * seed + 4) }),
      ],
    }),
  dense: { epochs: 30, batchSize: 64, weightDecay: 1e-3, schedule: 'toTheEnd' },
  hand: {
    surgery: {
      overrides: {
        conv1: { targetSparsity: 0.7 },
        conv2: { targetSparsity: 0.96 },
        ip1: { targetSparsity: 0.9899375 },
        ip2: { targetSparsity: 0.94 },
      },
      frequency: 10,
    },
    surgeryPart: 0.6,
    prune: { epochs: 40, batchSize: 64, weightDecay: 5e-4, settledWeightDecay: 5e-5, schedule: 'steadyThenCosine' },
    quantize: { epochs: 20, batchSize: 64, weightDecay: 5e-5, schedule: 'restarts' },
    steps: lenet300100.hand.steps,
    bits: [4],
  },
  search: { batchSize: 64, learningRate: 0.02, weightDecay: 1e-3 },
};

export const nets = {
  'lenet-300-100': { ...lenet300100, regularizer, schedules },
  'lenet-5': { ...lenet5, regularizer, schedules: slower(schedules, 0.4) },
  ...cifarNets,
};
