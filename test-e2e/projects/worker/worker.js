import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { data, smallModel } from '../train/model.mjs';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
registerTrainingKernels();

/**
 * Trains and saves after every epoch, from what was saved under the address on, if
 * anything was.
 *
 * @param stopAt { epochs, steps }: after so many whole epochs and steps of the next one
 *   it says so and waits to be terminated.
 */
self.onmessage = async ({ data: { address, epochs, stopAt } }) => {
  try {
    self.postMessage({ done: await train(address, epochs, stopAt) });
  } catch (error) {
    self.postMessage({ error: `${error.name}: ${error.message}` });
  }
};

async function train(address, epochs, stopAt) {
  await tf.setBackend('wasm');
  const isSaved = address in (await tf.io.listModels());
  const model = isSaved ? await tf.loadLayersModel(compressed(address)) : smallModel(tf);
  const initialEpoch = isSaved ? model.getUserDefinedMetadata().epoch : 0;
  if (!isSaved) model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  const { xs, ys } = data(tf);
  let epochsDone = initialEpoch;
  const checkpoint = {
    onBatchEnd: async (batch) => {
      if (epochsDone !== stopAt?.epochs || batch + 1 !== stopAt.steps) return;
      self.postMessage({ waits: true });
      await new Promise(() => {});
    },
    onEpochEnd: async (epoch) => {
      epochsDone = epoch + 1;
      model.setUserDefinedMetadata({ epoch: epochsDone });
      await model.save(compressed(address), { includeOptimizer: true });
    },
  };
  await model.fit(xs, ys, {
    epochs,
    initialEpoch,
    batchSize: 16,
    shuffle: false,
    callbacks: [
      new SurgeryCallback({ targetSparsity: 0.5, whenStopped: 'keep' }),
      new INQScheduler({ steps: [0.5, 0.75, 1], whenStopped: 'keep' }),
      checkpoint,
    ],
  });
  const weights = model.weights.map(async (weight) => ({
    name: weight.originalName,
    bits: Array.from(new Uint32Array(Float32Array.from(await weight.read().data()).buffer)),
  }));
  return { initialEpoch, backend: tf.getBackend(), weights: await Promise.all(weights) };
}
