/**
 * node main.js CASE: uses the ES module and the CommonJS build of tfjs-compress, which
 * Node loads as two copies, on one model. Prints the error.
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import * as esm from 'tfjs-compress';

const cjs = createRequire(import.meta.url)('tfjs-compress');
const quiet = { verbose: 0 };
const cases = {
  "a callback on the other copy's layers"() {
    const model = net(cjs.maskedDense);
    return fit(model, [new esm.SurgeryCallback({ targetSparsity: 0.5, ...quiet })]);
  },
  'callbacks of both in one fit'() {
    const both = [
      new cjs.SurgeryCallback({ targetSparsity: 0.5, ...quiet }),
      new esm.INQScheduler({ steps: [1], ...quiet }),
    ];
    return fit(net(tf.layers.dense), both);
  },
  "strip on the other copy's layers": () => esm.strip(net(cjs.maskedDense)),
};

function net(dense) {
  const model = tf.sequential({ layers: [dense({ units: 3, inputShape: [8] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

function fit(model, callbacks) {
  return model.fit(tf.ones([8, 8]), tf.ones([8, 3]), { epochs: 4, verbose: 0, callbacks });
}

await tf.setBackend('cpu');
try {
  await cases[process.argv[2]]();
  console.log(JSON.stringify('no error'));
} catch (error) {
  console.log(JSON.stringify(error.message));
}
