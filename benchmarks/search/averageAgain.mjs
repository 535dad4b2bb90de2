import * as tf from '@tensorflow/tfjs';

/**
 * Lets batch normalization average one more epoch, at learning rate 0: each momentum
 * makes the average the mean of all batches. Other weights stay as they are. The model
 * has to be compiled again for another training.
 */
export async function averageAgain(model, { xs, ys }) {
  const normalizations = model.layers
    .filter((layer) => layer.getClassName() === 'BatchNormalization')
    .map((layer) => ({ layer, momentum: layer.momentum }));
  if (normalizations.length === 0) return;
  const optimizer = tf.train.sgd(0);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  let step = 0;
  const mean = new tf.CustomCallback({
    onBatchBegin: () => {
      for (const { layer } of normalizations) layer.momentum = step / (step + 1);
      step++;
    },
  });
  await model.fit(xs, ys, { batchSize: 64, verbose: 0, callbacks: [mean] });
  for (const { layer, momentum } of normalizations) layer.momentum = momentum;
  optimizer.dispose();
}
