import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compress } from 'tfjs-compress';
import { rightOf } from './data.mjs';
import { denseLenet5, mild, taught } from './denseNets.mjs';
import { batchesOf, datasetOf } from './training.mjs';

/**
 * compress() with no option but a goal and a time: nobody chooses sparsities, bits or
 * rates. From the dense net, and with a larger loss allowed from the net with fewer
 * units.
 */
export async function searchedLenet5(context, unitsOf) {
  const dense = await denseLenet5(context);
  const units = await unitsOf(dense);
  const searched = await search(context, dense, dense, { maxLoss: 0.003, minutes: 40 });
  const maxLoss = Number((dense.validationError + 0.004 - units.validationError).toFixed(4));
  const fewerUnits = await search(context, dense, units, { maxLoss, minutes: 40 });
  return { dense, units, results: { searched, fewerUnits } };
}

function search(context, dense, from, options) {
  const { stages, seed, part, data } = context;
  const solver = { batchSize: 128, rate: 0.02 };
  const name = `lenet-5-search-${from === dense ? 'dense' : 'units'}-${options.maxLoss}`;
  return stages.run(name, from, { solver, options }, async (model) => {
    model.compile({ optimizer: tf.train.momentum(solver.rate, 0.9), loss: 'categoricalCrossentropy' });
    const source = await taught(context, dense, mild).source({});
    const { model: small } = await compress(model, {
      ...options,
      seed,
      output: join(stages.folder, name),
      train: (copy, { epochs, callbacks }) =>
        copy.fitDataset(datasetOf(copy, source, solver, seed), {
          epochs,
          batchesPerEpoch: batchesOf(solver, part),
          callbacks,
          verbose: 0,
        }),
      evaluate: (copy, { examples }) => rightOf(copy, data.validation, examples),
    });
    model.dispose();
    return { model: small };
  });
}
