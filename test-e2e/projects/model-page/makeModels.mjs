/**
 * Writes digits.tfz, a net that knows MNIST's digits a little, numbers.tfz, and
 * mixed.tfz, with names that no page may take for HTML.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { compressed, pack } from 'tfjs-compress';

const { images, labels } = JSON.parse(readFileSync('mnist.json', 'utf8'));
const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });

const digits = tf.sequential({
  layers: [
    tf.layers.dense({ units: 32, activation: 'relu', inputShape: [784], ...seeded(1) }),
    tf.layers.dense({ units: 10, activation: 'softmax', ...seeded(2) }),
  ],
});
digits.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
const x = tf.div(tf.tensor2d(images, [labels.length, 784]), 255);
const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
const { history } = await digits.fit(x, y, { epochs: 6, verbose: 0, batchSize: 50 });
await digits.save(compressed('file://digits.tfz'));

const image = tf.input({ shape: [6, 8, 3], name: 'image' });
const numbers = tf.input({ shape: [3], name: 'numbers' });
const conv = tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', ...seeded(3) }).apply(image);
const joined = tf.layers.concatenate().apply([tf.layers.flatten().apply(conv), numbers]);
const classes = tf.layers.dense({ units: 25, activation: 'softmax', name: 'classes', ...seeded(4) }).apply(joined);
const score = tf.layers.dense({ units: 2, name: 'score', ...seeded(5) }).apply(joined);
const mixed = tf.model({ inputs: [image, numbers], outputs: [classes, score] });
// Names that tfjs refuses, but a file may hold.
const rename = (value) =>
  JSON.parse(JSON.stringify(value).replace(/"(numbers|score)(\/|")/g, '"$1<\\/script><img src=x onerror=alert(1)>$2'));
const save = async ({ modelTopology, weightSpecs, ...rest }) => {
  writeFileSync('mixed.tfz', pack({ ...rest, modelTopology: rename(modelTopology), weightSpecs: rename(weightSpecs) }));
  return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
};
await mixed.save({ save });

const plain = tf.sequential({ layers: [tf.layers.dense({ units: 4, activation: 'softmax', inputShape: [2] })] });
await plain.save(compressed('file://numbers.tfz'));

const pixels = tf.tensor(JSON.parse(readFileSync('pixels.json', 'utf8')), [1, 6, 8, 3]);
const example = tf.slice(x, 0, 1);
const values = (each) => [each].flat().map((output) => Array.from(output.dataSync()));
console.log(
  JSON.stringify({
    accuracy: history.acc.at(-1),
    digit: values(digits.predict(example))[0],
    mixed: values(mixed.predict([tf.sub(tf.div(pixels, 127.5), 1), tf.tensor([[0.5, -2, 3]])])),
  }),
);
