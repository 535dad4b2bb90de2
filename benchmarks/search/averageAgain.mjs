import * as tf from '@tensorflow/tfjs';
import { RecentStatistics } from 'tfjs-compress';

/**
 * Lets batch normalization average one more epoch, at learning rate 0. Other weights stay
 * as they are. The model has to be compiled again for another training.
 */
export async function averageAgain(model, { xs, ys }) {
  if (model.layers.every((layer) => layer.getClassName() !== 'BatchNormalization')) return;
  const optimizer = tf.train.sgd(0);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  await model.fit(xs, ys, { batchSize: 64, verbose: 0, callbacks: [new RecentStatistics()] });
  optimizer.dispose();
}
