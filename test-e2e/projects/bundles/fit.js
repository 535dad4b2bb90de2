/** README's form, as the first thing that happens; then what two sub-entries do. */
import * as tf from '@tensorflow/tfjs';
import { compressed } from '@tfjs-compress/format/decode';
import { INQScheduler } from 'tfjs-compress';
import { makeReport } from 'tfjs-compress/report';
import { load } from './load.js';

window.result = (async () => {
  await tf.setBackend('cpu');
  // Not a Sequential, which asks for the fit of the model inside it only after the
  // callback was made.
  const inputs = tf.input({ shape: [4] });
  const hidden = tf.layers.dense({ units: 8, activation: 'relu' }).apply(inputs);
  const model = tf.model({ inputs, outputs: tf.layers.dense({ units: 3 }).apply(hidden) });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const x = tf.randomNormal([64, 4]);
  const y = tf.randomNormal([64, 3]);
  let epochs = 0;
  const plain = { onEpochEnd: () => void epochs++ };
  await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [new INQScheduler({ steps: [0.5, 1] }), plain] });
  const kernels = model.getWeights().filter(({ shape }) => shape.length > 1);
  const weights = kernels.flatMap((kernel) => [...kernel.dataSync()]);
  const { html } = await makeReport(model);
  return { weights, epochs, html, ...(await load(compressed('models/model.tfz'))) };
})();
