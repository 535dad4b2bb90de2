import * as tf from '@tensorflow/tfjs';
import { cachedBatches } from '@tfjs-compress/detection';

/** What the frozen trunk makes of every picture and of its mirror image, computed once. */
export function features(detector, set, seed) {
  return cachedBatches(detector, set, {
    flips: ['both'],
    seed,
    onProgress: (done, of) => done % 50 === 0 && console.log(`Trunk: ${done} of ${of} pictures`),
  });
}

/**
 * Trains all but the trunk with Adam; the learning rate falls to a third after 60% of the epochs and to a tenth after 85%.
 * `checkpoint` keeps the optimizer; a run that is resumed begins at `firstEpoch`.
 */
export async function train(
  detector,
  batches,
  { name, epochs, learningRate, firstEpoch = 0, checkpoint, callbacks = [] },
) {
  const optimizer = tf.train.adam(learningRate);
  detector.compile(optimizer, detector.headModel);
  if (firstEpoch > 0) await checkpoint.restoreOptimizer(optimizer);
  const began = Date.now();
  await detector.headModel.fitDataset(batches, {
    epochs,
    initialEpoch: firstEpoch,
    verbose: 0,
    callbacks: [
      ...callbacks,
      new tf.CustomCallback({
        onEpochBegin: (epoch) => {
          const part = epoch / epochs;
          optimizer.learningRate = learningRate * (part < 0.6 ? 1 : part < 0.85 ? 0.3 : 0.1);
        },
        onEpochEnd: async (epoch, logs) => {
          const done = epoch + 1;
          const left = (((Date.now() - began) / (done - firstEpoch)) * (epochs - done)) / 60000;
          const terms = ['objectness', 'proposalBox', 'classification', 'detectionBox'].map(
            (key) => `${key} ${logs[key].toFixed(3)}`,
          );
          const bar = '#'.repeat(Math.round((20 * done) / epochs)).padEnd(20, '-');
          console.log(`${name}: epoch ${done}/${epochs}  [${bar}]  ${terms.join('  ')}  ${left.toFixed(1)} min left`);
          await checkpoint?.save(detector, { epochs: done, optimizer });
        },
      }),
    ],
  });
  optimizer.dispose();
}
