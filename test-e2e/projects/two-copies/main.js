/**
 * node main.js ours|copy: trains with the one line on a model made by a second copy of
 * tfjs-layers, the named copy having been imported last (it then owns the registry that
 * both share). Prints the error.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

const order = process.argv[2] === 'ours' ? ['layers-copy', 'tfjs-compress'] : ['tfjs-compress', 'layers-copy'];
const modules = {};
for (const name of order) modules[name] = await import(name);
const { sequential, layers } = modules['layers-copy'];

const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
try {
  const callbacks = [new modules['tfjs-compress'].INQScheduler({ steps: [1] })];
  await model.fit(tf.ones([4, 2]), tf.ones([4, 1]), { epochs: 1, verbose: 0, callbacks });
  console.log(JSON.stringify(null));
} catch (error) {
  console.log(JSON.stringify(error.message));
}
