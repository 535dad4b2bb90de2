import * as tf from '@tensorflow/tfjs';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { taughtSource } from './cifar10.mjs';
import { compressedOnce } from './steps.mjs';
import { batchesOf } from './training.mjs';

/** Of an epoch, which is short, because 128 images take a second of processor time. */
const images = 7680;
/** Images that compressOnce() prunes by. */
const examples = 1000;
/** More than the rate at which its training ended makes the published net forget. */
const common = { batchSize: 64, images, weightDecay: 0, lowest: 0.0001 };

/** INQ without pruning, in 4, 3 and 2 bits. */
export async function inqResNet20(context) {
  const dense = await published(context);
  const results = {};
  for (const bits of [4, 3, 2]) {
    const steps = bits > 2 ? [0.5, 0.75, 0.875, 0.95, 1] : [0.4, 0.6, 0.8, 0.9, 1];
    const training = { rate: 0.002, epochs: 10, period: 2 };
    const rounding = { epochsPerStep: 2 };
    results[bits] = await inq(context, dense, `resnet-20-inq${bits}`, bits, { steps, training, rounding });
  }
  return { dense, results };
}

/**
 * compressOnce() prunes, least where the first layers are, then surgery trains and moves
 * the masks. After that INQ in 3 bits.
 */
export async function smallResNet20(context, name) {
  const dense = await published(context);
  const sparse = await pruned(context, dense, `${name}-sparse`, { stage1: 0.65, stage2: 0.8, stage3: 0.865 });
  const training = { rate: 0.001, epochs: 4, period: 1 };
  const rounding = { epochsPerStep: 1, keepZeros: true };
  const quantized = await inq(context, sparse, `${name}-inq`, 3, { steps: [0.5, 0.8, 1], training, rounding });
  return { dense, results: { sparse, quantized } };
}

/** With half the logits, which are what the teacher's are at a temperature of 2. */
function published({ stages, data }) {
  return stages.run('resnet-20-float', undefined, { temperature: 2 }, async () => {
    const model = await data.published();
    const classes = model.getLayer('classes');
    tf.tidy(() => classes.setWeights(classes.getWeights().map((weight) => tf.mul(weight, 0.5))));
    return { model };
  });
}

function pruned({ stages, seed, part, train, data }, from, name, sparsities) {
  const solver = { ...common, epochs: 8, rate: 0.003, steady: 0.3 };
  return stages.run(name, from, { solver, sparsities, examples }, async (model) => {
    let once = model;
    for (const [stage, targetSparsity] of Object.entries(sparsities)) {
      once = await compressedOnce(once, data.train, examples, { include: `${stage}_*`, targetSparsity });
    }
    const endStep = Math.round(solver.steady * solver.epochs * batchesOf(solver, part));
    const overrides = Object.fromEntries(Object.entries(sparsities).map(([k, v]) => [`${k}_*`, { targetSparsity: v }]));
    const options = { include: Object.keys(overrides), overrides, endStep, frequency: 10, keepZeros: true, seed };
    const callbacks = [new SurgeryCallback({ ...options, verbose: 0 })];
    return taught(data, seed, once, (source) => train(once, source, solver, callbacks, name));
  });
}

/**
 * compressOnce() puts all weights on levels, with the scales of channels in batch
 * normalization. Then the steps of INQ train on from there, and the last epochs are of
 * normalization alone.
 */
function inq({ stages, seed, train, data }, from, name, bits, { steps, training, rounding }) {
  const solver = { ...common, ...training };
  return stages.run(name, from, { solver, bits, steps, examples, ...rounding }, async (model) => {
    const once = await compressedOnce(model, data.train, examples, { bits });
    const callbacks = [new INQScheduler({ bits, steps, ...rounding, seed, verbose: 0 })];
    return taught(data, seed, once, (source) => train(once, source, solver, callbacks, name));
  });
}

/**
 * With averages of batch normalization that forget in some twenty steps, for an epoch has
 * only sixty.
 */
async function taught(data, seed, model, run) {
  for (const layer of model.layers) if (layer.momentum !== undefined) layer.momentum = 0.95;
  const teacher = await data.published();
  const history = await run(taughtSource(data.train, teacher, seed));
  teacher.dispose();
  return { model, history };
}
