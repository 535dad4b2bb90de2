/**
 * Makes a model of two parts, as Teachable Machine exports them, and five images for
 * each of two classes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

const { conv2d, dense, globalAveragePooling2d } = tf.layers;
const trunk = tf.sequential({
  layers: [
    conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [32, 32, 3] }),
    globalAveragePooling2d({}),
  ],
});
const head = tf.sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [8] })] });
const files = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
  mkdirSync('model', { recursive: true });
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  writeFileSync('model/model.json', JSON.stringify({ modelTopology, weightsManifest }));
  writeFileSync('model/weights.bin', new Uint8Array(weightData));
  return {};
});
await tf.sequential({ layers: [trunk, head] }).save(files);

for (const [name, gray] of Object.entries({ dark: 40, light: 200 })) {
  mkdirSync(`images/${name}`, { recursive: true });
  for (let i = 0; i < 5; i++) {
    const background = { r: gray + 5 * i, g: gray, b: gray };
    const image = sharp({ create: { width: 48, height: 40, channels: 3, background } });
    await image.png().toFile(`images/${name}/${i}.png`);
  }
}
