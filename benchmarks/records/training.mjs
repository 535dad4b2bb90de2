import * as tf from '@tensorflow/tfjs';
import { random } from '@tfjs-compress/math/internal';

/**
 * Trains with momentum .9 on batches of a source (data.mjs).
 *
 * @param solver.rate The learning rate, which stays for the share `steady` of the epochs
 *   (default 0), then falls along half a cosine to `lowest` (default 0); with `period`,
 *   in epochs, along one anew each time. Or a function of the step.
 * @param solver.weightDecay Of kernels with a regularizer; `settledWeightDecay` is that
 *   after the share `steady`.
 * @param solver.images Of an epoch; default as many as there are in the training set.
 * @param solver.round Draws others than another round.
 * @param part Of an epoch's images, to try a program.
 * @param validate Called after some epochs for the validation error.
 * @returns what was logged, by name.
 */
export async function fit(model, source, solver, { seed, part, callbacks = [], validate, label }) {
  const { epochs, weightDecay = 0 } = solver;
  const batchesPerEpoch = batchesOf(solver, part);
  const optimizer = tf.train.momentum(0.1, 0.9);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const rateAt = typeof solver.rate === 'function' ? solver.rate : cosine(solver, batchesPerEpoch);
  const settledAt = (solver.steady ?? 0) * epochs;
  const accuracies = [];
  let step = 0;
  const own = new tf.CustomCallback({
    onEpochBegin: (epoch) => {
      decayKernels(model, epoch < settledAt ? weightDecay : (solver.settledWeightDecay ?? weightDecay));
    },
    onBatchBegin: () => optimizer.setLearningRate(rateAt(step++)),
    onEpochEnd: (epoch, { loss }) => {
      // Of some epochs only, for it takes time.
      if (epoch % 4 !== 3 && epoch + 1 !== epochs) return void accuracies.push(null);
      const error = validate();
      accuracies.push(1 - error);
      console.log(`${label}: epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(4)}, validation ${percent(error)}`);
    },
  });
  const { history } = await model.fitDataset(datasetOf(model, source, solver, seed), {
    epochs,
    batchesPerEpoch,
    verbose: 0,
    callbacks: [own, ...callbacks],
  });
  optimizer.dispose();
  return { ...history, val_acc: accuracies };
}

/** Of a source, for a model's inputs. */
export function datasetOf(model, source, { batchSize, round = 0 }, seed) {
  const shape = model.inputs[0].shape.slice(1);
  return tf.data.generator(() => batches(source, shape, batchSize, seed + 1000 * round));
}

/** In an epoch. */
export function batchesOf({ images = 55_000, batchSize }, part) {
  return Math.max(1, Math.round((images * part) / batchSize));
}

export function percent(share) {
  return `${(100 * share).toFixed(2)}%`;
}

function cosine({ rate, lowest = 0, steady = 0, period, epochs }, batchesPerEpoch) {
  return (step) => {
    const epoch = step / batchesPerEpoch;
    const begin = steady * epochs;
    if (epoch < begin) return rate;
    const length = period ?? epochs - begin;
    const done = ((epoch - begin) % length) / length;
    return lowest + ((rate - lowest) * (1 + Math.cos(Math.PI * done))) / 2;
  };
}

/**
 * A regularizer that is saved with 0 would stay without any.
 */
function decayKernels(model, weightDecay) {
  for (const { kernelRegularizer } of model.layers) {
    if (kernelRegularizer) kernelRegularizer.l2 = Math.max(weightDecay / 2, 1e-12);
  }
}

/** All images in a random order, again and again. */
function* batches(source, shape, batchSize, seed) {
  const order = Int32Array.from({ length: source.count }, (_, i) => i);
  for (let round = 0, counter = 0; ; round++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random(seed, round, i) * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let begin = 0; begin + batchSize <= order.length; begin += batchSize, counter += batchSize) {
      yield source.batch([...order.subarray(begin, begin + batchSize)], shape, counter);
    }
  }
}
