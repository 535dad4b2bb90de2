import * as tf from '@tensorflow/tfjs';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { taughtSource } from './cifar10.mjs';
import { compressedOnce } from './steps.mjs';
import { batchesOf } from './training.mjs';

/** Of an epoch, which is short, because 128 images take a second of processor time. */
const images = 7680;
/** Images that compressOnce() prunes and rounds by. */
const examples = 4000;
/** More than the rate at which its training ended makes the published net forget. */
const common = { batchSize: 64, images, weightDecay: 0, lowest: 0.0001 };

/** INQ without pruning, in 5, 4, 3 and 2 bits. */
export async function inqResNet20(context) {
  const dense = await published(context);
  const results = {};
  for (const bits of [5, 4, 3, 2]) {
    const steps = bits > 2 ? [0.5, 0.75, 0.875, 0.95, 1] : [0.4, 0.6, 0.8, 0.9, 1];
    const training = { rate: 0.002, epochs: 10, period: 2 };
    const rounding = { epochsPerStep: 2 };
    results[bits] = await inq(context, dense, `resnet-20-inq${bits}`, bits, { steps, training, rounding });
  }
  return { dense, results };
}

/**
 * compressOnce() prunes, least where the first layers are, then surgery trains and moves
 * the masks. After that compressOnce() rounds to 3 bits: INQ lost more.
 */
export async function smallResNet20(context, name) {
  const { stages, data } = context;
  const dense = await published(context);
  const sparse = await pruned(context, dense, `${name}-sparse`, { stage1: 0.55, stage2: 0.75, stage3: 0.845 });
  const bits = 3;
  const rounded = await stages.run(`${name}-rounded`, sparse, { bits, examples }, async (model) => ({
    model: await compressedOnce(model, data.train, examples, { bits }),
  }));
  return { dense, results: { sparse, rounded } };
}

function published({ stages, data }) {
  return stages.run('resnet-20-float', undefined, { temperature: 2 }, async () => ({
    model: halfLogits(await data.published()),
  }));
}

/** The net, with what the teacher's logits are at a temperature of 2. */
export function halfLogits(model) {
  const classes = model.getLayer('classes');
  tf.tidy(() => classes.setWeights(classes.getWeights().map((weight) => tf.mul(weight, 0.5))));
  return model;
}

function pruned(context, from, name, sparsities) {
  const { stages, seed, part, data } = context;
  const solver = { ...common, epochs: 24, rate: 0.01, steady: 0.4 };
  return stages.run(name, from, { solver, sparsities, examples }, async (model) => {
    let once = model;
    for (const [stage, targetSparsity] of Object.entries(sparsities)) {
      once = await compressedOnce(once, data.train, examples, { include: `${stage}_*`, targetSparsity });
    }
    const endStep = Math.round(solver.steady * solver.epochs * batchesOf(solver, part));
    const overrides = Object.fromEntries(Object.entries(sparsities).map(([k, v]) => [`${k}_*`, { targetSparsity: v }]));
    const options = { include: Object.keys(overrides), overrides, endStep, frequency: 10, keepZeros: true, seed };
    const callbacks = [new SurgeryCallback({ ...options, verbose: 0 })];
    return taught(context, once, solver, callbacks, name);
  });
}

/**
 * compressOnce() puts all weights on levels, with the scales of channels in batch
 * normalization. Then the steps of INQ train on from there, and the last epochs are of
 * normalization alone.
 */
function inq(context, from, name, bits, { steps, training, rounding }) {
  const { stages, seed, data } = context;
  const solver = { ...common, ...training };
  return stages.run(name, from, { solver, bits, steps, examples, ...rounding }, async (model) => {
    const once = await compressedOnce(model, data.train, examples, { bits });
    const callbacks = [new INQScheduler({ bits, steps, ...rounding, seed, verbose: 0 })];
    return taught(context, once, solver, callbacks, name);
  });
}

/**
 * With averages of batch normalization that forget in some twenty steps, for an epoch has
 * 120; at the end, with those of two more epochs at a rate of 0.
 */
async function taught({ data, seed, train }, model, solver, callbacks, name) {
  const remember = (momentum) => {
    for (const layer of model.layers) if (layer.momentum !== undefined) layer.momentum = momentum;
  };
  const teacher = await data.published();
  const source = taughtSource(data.train, teacher, seed);
  remember(0.95);
  const history = await train(model, source, solver, callbacks, name);
  remember(0.98);
  await train(model, source, { ...common, epochs: 2, rate: () => 0, round: 1 }, [], `${name}, averages`);
  teacher.dispose();
  return { model, history };
}
