import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Problem, samples } from './model.js';
import type { Observer } from './observe.js';

/** What callbacks offer for loops without compile(). */
interface Handle {
  begin(model: tfl.LayersModel, extent: { epochs: number; stepsPerEpoch: number }): Promise<void>;
  step(): Promise<void>;
  endEpoch(logs?: tfl.Logs): Promise<void>;
  end(): Promise<void>;
}

/**
 * Trains by an optimizer alone, the callbacks driven by hand; returns what fit's history
 * would hold.
 */
export async function trainByHand(
  model: tfl.LayersModel,
  { x, y }: Problem,
  optimizer: tf.Optimizer,
  callbacks: unknown[],
  observer: Observer,
  { epochs, batchSize }: { epochs: number; batchSize: number },
): Promise<Record<string, number[]>> {
  const handles = callbacks as Handle[];
  const history: Record<string, number[]> = {};
  const stepsPerEpoch = samples / batchSize;
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  for (const handle of handles) await handle.begin(model, { epochs, stepsPerEpoch });
  for (let epoch = 0; epoch < epochs; epoch++) {
    let loss = 0;
    for (let i = 0; i < stepsPerEpoch; i++) {
      for (const handle of handles) await handle.step();
      await observer.hooks.onBatchBegin!(i, {});
      loss += tf.tidy(() => {
        const part = (tensor: tf.Tensor) => tf.slice(tensor, [i * batchSize], [batchSize]);
        const error = () => {
          const difference = tf.sub(model.apply(part(x), { training: true }) as tf.Tensor, part(y as tf.Tensor));
          return tf.mean(tf.square(difference)) as tf.Scalar;
        };
        return optimizer.minimize(error, true, variables)!.dataSync()[0];
      });
      await observer.hooks.onBatchEnd!(i, {});
    }
    const logs: Record<string, number> = { loss: loss / stepsPerEpoch };
    for (const handle of handles) await handle.endEpoch(logs);
    await observer.hooks.onEpochEnd!(epoch, logs);
    for (const [key, value] of Object.entries(logs)) history[key] = [...(history[key] ?? []), value];
  }
  for (const handle of handles) await handle.end();
  return history;
}
