import * as tf from '@tensorflow/tfjs';
import { cachedBatches } from '@tfjs-compress/detection';
import { fileStore } from '@tfjs-compress/detection/node';
import { AveragedWeights, WarmUp } from 'tfjs-compress';

/**
 * What the frozen trunk makes of every image and of its three mirror images, computed
 * once and kept in a folder: cells have no upper side. Not for another trunk.
 */
export function features(detector, set, seed, folder) {
  return cachedBatches(detector, set, {
    flips: ['horizontal', 'vertical', 'both'],
    seed,
    store: fileStore(folder),
    onProgress: (done, of) => done % 50 === 0 && console.log(`Trunk: ${done} of ${of} images`),
  });
}

/**
 * Keeps with the detector at what score it finds best on a set that is neither trained on
 * nor reported.
 */
export async function chooseThreshold(detector, set) {
  try {
    await detector.chooseThreshold(set);
  } catch (error) {
    // A network that has hardly been trained finds nothing: everything it finds is shown
    // then.
    if (!error.message.startsWith('chooseThreshold:')) throw error;
    console.log(error.message);
    detector.setDetectDefaults({ scoreThreshold: 0.05 });
  }
}

/**
 * Trains all but the trunk with Adam; the learning rate falls along half a cosine, and
 * what is evaluated and kept is the average of the weights. `checkpoint` keeps the
 * optimizer and its own weights; a run that is resumed begins at `firstEpoch`.
 */
export async function train(
  detector,
  batches,
  { name, epochs, learningRate, decay, firstEpoch = 0, checkpoint, callbacks = [] },
) {
  const optimizer = tf.train.adam(learningRate);
  detector.compile(optimizer, detector.headModel);
  const averaged = new AveragedWeights({ decay });
  if (firstEpoch > 0) await checkpoint.restore({ optimizer, averaged });
  const began = Date.now();
  await detector.headModel.fitDataset(batches, {
    epochs,
    initialEpoch: firstEpoch,
    verbose: 0,
    callbacks: [
      averaged,
      new WarmUp({ steps: 100 }),
      ...callbacks,
      new tf.CustomCallback({
        onEpochBegin: (epoch) => {
          optimizer.learningRate = (learningRate * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
        },
        onEpochEnd: async (epoch, logs) => {
          const done = epoch + 1;
          const left = (((Date.now() - began) / (done - firstEpoch)) * (epochs - done)) / 60000;
          const terms = ['objectness', 'proposalBox', 'classification', 'detectionBox'].map(
            (key) => `${key} ${logs[key].toFixed(3)}`,
          );
          const bar = '#'.repeat(Math.round((20 * done) / epochs)).padEnd(20, '-');
          console.log(`${name}: epoch ${done}/${epochs}  [${bar}]  ${terms.join('  ')}  ${left.toFixed(1)} min left`);
          await checkpoint?.save(detector, { epochs: done, optimizer, averaged });
        },
      }),
    ],
  });
  optimizer.dispose();
}
