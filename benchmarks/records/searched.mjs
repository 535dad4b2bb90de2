import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compress } from 'tfjs-compress';
import { rightOf } from './data.mjs';
import { denseLenet5, mild, taught } from './denseNets.mjs';
import { batchesOf, datasetOf } from './training.mjs';

/**
 * compress() from the dense net, with no option but a goal and a time: nobody chooses
 * units, sparsities, bits or rates.
 */
export async function searchedLenet5(context) {
  const dense = await denseLenet5(context);
  const { stages, seed, part, data } = context;
  const solver = { batchSize: 128, rate: 0.02 };
  const options = { maxLoss: 0.003, minutes: 40 };
  const searched = await stages.run('lenet-5-searched', dense, { solver, options }, async (model) => {
    model.compile({ optimizer: tf.train.momentum(solver.rate, 0.9), loss: 'categoricalCrossentropy' });
    const source = await taught(context, dense, mild).source({});
    const { model: small } = await compress(model, {
      ...options,
      seed,
      output: join(stages.folder, 'lenet-5-search'),
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
  return { dense, results: { searched } };
}
