/**
 * Writes a model of our layers into the folder `models`, as a small file and as a plain
 * one; prints what it predicts for ones.
 */
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { compressed, maskedDense, powerOfTwoDense, SurgeryCallback } from 'tfjs-compress';

await tf.setBackend('cpu');
const model = tf.sequential({
  layers: [maskedDense({ units: 8, inputShape: [4], targetSparsity: 0.5 }), powerOfTwoDense({ units: 3, bits: 4 })],
});
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const surgery = new SurgeryCallback({ include: 'MaskedDense', endStep: 2, verbose: 0 });
await model.fit(tf.randomNormal([64, 4]), tf.randomNormal([64, 3]), { epochs: 4, verbose: 0, callbacks: [surgery] });
await model.save(compressed('file://models/model.tfz'));
const save = async ({ weightData, ...rest }) => {
  writeFileSync('models/plain.json', JSON.stringify({ ...rest, weights: [...new Uint8Array(weightData)] }));
  return {};
};
await model.save({ save });
console.log(JSON.stringify([...model.predict(tf.ones([1, 4])).dataSync()]));
