import * as tf from '@tensorflow/tfjs';
import { compressOnce, INQScheduler, SurgeryCallback, shrink } from 'tfjs-compress';
import { keepUnits } from './keepUnits.mjs';
import { batchesOf } from './training.mjs';

const manySteps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

/**
 * Stages of one net after the other, each a smaller one: the most important units, then
 * surgery (as often as `prune` has entries), then INQ.
 *
 * @param context.source Of batches to train with, from the settings of a stage.
 * @param plan.units How many of each layer are left, with the `solver` of the training
 *   after it.
 * @param plan.prune Of each surgery `targetSparsity` by layer and its solver, in whose
 *   share `steady` the masks change. Units that are dead then are taken out.
 * @param plan.quantize Bits (one number, or by layer), other options of INQ and solver.
 * @returns the stages by name, in their order.
 */
export async function smaller({ stages, part, train, source }, from, name, { units, prune = [], quantize }) {
  const done = {};
  let last = from;
  const stage = async (step, settings, run) => {
    last = done[step] = await stages.run(`${name}-${step}`, last, settings, run);
  };
  if (units) {
    await stage('units', units, async (model) => {
      const small = await keepUnits(model, units.counts);
      return {
        model: small,
        history: await train(small, await source(units), units.solver, [], `${name}, fewer units`),
      };
    });
  }
  for (const [i, settings] of prune.entries()) {
    const { left, solver } = settings;
    await stage(`pruned${i + 1}`, settings, async (model) => {
      const endStep = Math.round(solver.steady * solver.epochs * batchesOf(solver, part));
      const overrides = sparsities(model, left);
      const surgery = new SurgeryCallback({ overrides, endStep, frequency: 10, pruneBias: true, ...common });
      const history = await train(model, await source(settings), solver, [surgery], `${name}, pruned ${i + 1}`);
      const { model: small } = await shrink(model);
      model.dispose();
      return { model: small, history };
    });
  }
  if (quantize) {
    await stage('inq', quantize, async (model) => {
      const { solver, ...rest } = quantize;
      const inq = new INQScheduler({ steps: manySteps, ...rest, ...common });
      return { model, history: await train(model, await source(quantize), solver, [inq], `${name}, INQ`) };
    });
  }
  return done;
}

/** compressOnce() with the first `count` of some images, in place of the model. */
export async function compressedOnce(model, images, count, options) {
  const xs = images.first(count, model.inputs[0].shape.slice(1));
  const { model: once } = await compressOnce(model, xs, { batchSize: 50, ...options });
  tf.dispose([xs, model]);
  return once;
}

/** What an earlier stage left is in the file without the mark of what was pruned. */
const common = { keepZeros: true, verbose: 0, seed: 0 };

/** From how many weights are left of a kernel, which may have fewer already. */
function sparsities(model, left) {
  const entries = Object.entries(left).map(([name, count]) => {
    const size = model.getLayer(name).getWeights()[0].size;
    return [name, { targetSparsity: Math.max(0, 1 - count / size) }];
  });
  return Object.fromEntries(entries);
}
