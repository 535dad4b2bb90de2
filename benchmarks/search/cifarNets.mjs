import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { readModel } from '../once/nets.mjs';
import { normalized } from '../tools/cifar.mjs';
import { cifar, features } from './data.mjs';

/** Learning rates by the epochs that are done, of how many. */
const schedules = {
  cosine: (epoch, epochs) => 0.01 * (1 + Math.cos((Math.PI * epoch) / epochs)) * 0.5,
  steadyThenCosine: (epoch, epochs) => {
    const steady = 0.6 * epochs;
    return epoch < steady ? 0.01 : 0.01 * (0.51 + 0.49 * Math.cos((Math.PI * (epoch - steady)) / (epochs - steady)));
  },
  steady: () => 0.01,
};

export const slower = (all, factor) =>
  Object.fromEntries(Object.entries(all).map(([name, rate]) => [name, (...epochs) => factor * rate(...epochs)]));

/**
 * The head as Teachable Machine builds it, trained here: what was published belongs to
 * other classes.
 */
const head = {
  schedules,
  data: features,
  build: (seed) =>
    tf.sequential({
      layers: [
        tf.layers.dense({
          name: 'dense_Dense1',
          units: 100,
          activation: 'relu',
          inputShape: [1280],
          kernelInitializer: tf.initializers.varianceScaling({ seed: 10 * seed + 1 }),
        }),
        tf.layers.dense({
          name: 'dense_Dense2',
          units: 6,
          useBias: false,
          activation: 'softmax',
          kernelInitializer: tf.initializers.varianceScaling({ seed: 10 * seed + 2 }),
        }),
      ],
    }),
  dense: { epochs: 30, batchSize: 32, schedule: 'steady' },
  hand: {
    surgery: { overrides: { dense_Dense1: { targetSparsity: 0.94 }, dense_Dense2: { targetSparsity: 0.5 } } },
    surgeryPart: 0.6,
    prune: { epochs: 40, batchSize: 32, schedule: 'steadyThenCosine' },
    quantize: { epochs: 20, batchSize: 32, schedule: 'cosine' },
    steps: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
    bits: [5, 4],
  },
  search: { batchSize: 32, learningRate: 0.01 },
};

/** Nets that other people trained on all training images. */
const trainedByOthers = (folder, scale) => ({
  schedules: slower(schedules, 0.3),
  data: cifar(scale),
  build: (_, { models }) => tf.loadLayersModel({ load: async () => readModel(join(models, folder)) }),
  hand: {
    surgery: { targetSparsity: 0.5, frequency: 4 },
    surgeryPart: 0.6,
    prune: { epochs: 40, batchSize: 64, schedule: 'steadyThenCosine' },
    quantize: { epochs: 20, batchSize: 64, schedule: 'cosine' },
    steps: [0.3, 0.5, 0.7, 0.85, 0.95, 1],
    bits: [5],
  },
  search: { batchSize: 64, learningRate: 0.003 },
});

export const cifarNets = {
  'teachable-machine': head,
  'resnet-8': trainedByOthers('mlperf-tiny/resnet8_cifar10', (bytes) => bytes),
  'resnet-20': trainedByOthers('resnet20_cifar10', normalized),
};
