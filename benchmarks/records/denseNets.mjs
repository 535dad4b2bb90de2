import * as tf from '@tensorflow/tfjs';
import { buildLeNet300100, nets } from '../search/nets.mjs';

/** How far training images are changed: for nets with convolutions, and mildly. */
export const strong = { shift: 2, turn: 8, scale: 0.08, bend: 0.8 };
export const mild = { shift: 1, turn: 7, scale: 0.07, bend: 0.8 };

export const halfMild = Object.fromEntries(Object.entries(mild).map(([key, value]) => [key, value / 2]));

/** The dense net of all rows of LeNet-5. */
export function denseLenet5({ stages, seed, train, hard }) {
  const solver = { epochs: 20, batchSize: 256, rate: 0.04, weightDecay: 5e-4 };
  return stages.run('lenet-5-dense', undefined, { solver, strong }, async () => {
    const model = nets['lenet-5'].build(seed);
    return { model, history: await train(model, hard(strong), solver, [], 'LeNet-5, dense') };
  });
}

export function denseLenet300100({ stages, seed, train, hard }) {
  const solver = { epochs: 24, batchSize: 128, rate: 0.06, weightDecay: 5e-5 };
  return stages.run('lenet-300-100-dense', undefined, { solver, mild }, async () => {
    const model = buildLeNet300100(seed, tf.regularizers.l2({ l2: 1e-4 }));
    return { model, history: await train(model, hard(mild), solver, [], 'LeNet-300-100, dense') };
  });
}

/**
 * The context with a source of batches: images as they are and, where `augment` is given,
 * each changed once, or as often as `changes` of a stage says, with what the dense net
 * says of each. A net may be too small to learn the changed ones, too.
 */
export function taught(context, dense, augment) {
  return { ...context, source: ({ changes }) => context.soft(dense, augment, changes) };
}

/**
 * The net of the pruning example of TensorFlow Model Optimization: 20,410 parameters.
 */
export function denseTfmot({ stages, seed, train, hard }) {
  const solver = { epochs: 3, batchSize: 128, rate: 0.06, weightDecay: 1e-4 };
  return stages.run('tfmot-dense', undefined, { solver }, async () => {
    const common = (k) => ({
      kernelInitializer: tf.initializers.glorotUniform({ seed: 10 * seed + k }),
      kernelRegularizer: tf.regularizers.l2({ l2: 1e-4 }),
    });
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          name: 'conv',
          filters: 12,
          kernelSize: 3,
          activation: 'relu',
          inputShape: [28, 28, 1],
          ...common(1),
        }),
        tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
        tf.layers.flatten({ name: 'flatten' }),
        tf.layers.dense({ name: 'dense', units: 10, activation: 'softmax', ...common(2) }),
      ],
    });
    return { model, history: await train(model, hard(), solver, [], 'tfmot, dense') };
  });
}
