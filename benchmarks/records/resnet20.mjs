import { INQScheduler, inqSteps, SurgeryCallback } from 'tfjs-compress';
import { taughtSource } from './cifar10.mjs';
import { batchesOf } from './training.mjs';

/** Of an epoch, which is short, because 128 images take a second of processor time. */
const images = 7680;
const common = { batchSize: 128, images, weightDecay: 0 };

/** INQ without pruning, in 4, 3 and 2 bits. */
export async function inqResNet20(context) {
  const dense = await published(context);
  const results = {};
  for (const bits of [4, 3, 2]) results[bits] = await inq(context, dense, `resnet-20-inq${bits}`, bits);
  return { dense, results };
}

/**
 * Surgery to 80%, then to `sparsity`, with one threshold for all kernels, then INQ in 4
 * bits.
 */
export async function smallResNet20(context, name, sparsity) {
  const dense = await published(context);
  const sparse = await surgery(context, dense, 'resnet-20-sparse', 0.8);
  const sparser = await surgery(context, sparse, `${name}-sparser`, sparsity);
  const quantized = await inq(context, sparser, `${name}-inq`, 4);
  return { dense, sparser, results: { sparse, quantized } };
}

function published({ stages, data }) {
  return stages.run('resnet-20-float', undefined, {}, async () => ({ model: await data.published() }));
}

function surgery({ stages, seed, part, train, data }, from, name, targetSparsity) {
  const solver = { ...common, epochs: 10, rate: 0.02, lowest: 0.0005, steady: 0.5 };
  return stages.run(name, from, { solver, targetSparsity }, async (model) => {
    const endStep = Math.round(solver.steady * solver.epochs * batchesOf(solver, part));
    const options = { targetSparsity, scope: 'model', endStep, frequency: 10, keepZeros: true, seed };
    const callbacks = [new SurgeryCallback({ ...options, verbose: 0 })];
    return taught(data, seed, model, (source) => train(model, source, solver, callbacks, name));
  });
}

/** One short epoch after each step, and two more of batch normalization alone. */
function inq({ stages, seed, train, data }, from, name, bits) {
  const steps = { 4: inqSteps.resNet18Bits4, 3: inqSteps.resNet18Bits3, 2: inqSteps.resNet18Bits2 }[bits];
  const solver = { ...common, epochs: steps.length + 1, rate: 0.02, lowest: 0.0005, period: 1 };
  // The largest weight of a kernel would leave nearly all others 0 in 2 bits.
  const perChannel = bits < 4;
  return stages.run(name, from, { solver, bits, steps, perChannel }, async (model) => {
    const options = { bits, steps, perChannel, epochsPerStep: 1, keepZeros: true };
    const callbacks = [new INQScheduler({ ...options, seed, verbose: 0 })];
    return taught(data, seed, model, (source) => train(model, source, solver, callbacks, name));
  });
}

async function taught(data, seed, model, run) {
  const teacher = await data.published();
  const history = await run(taughtSource(data.train, teacher, seed));
  teacher.dispose();
  return { model, history };
}
