import * as tf from '@tensorflow/tfjs';
import { compressOnce } from 'tfjs-compress';
import { foldStatistics } from '../tools/foldStatistics.mjs';

/**
 * Pixels of the crops that the trunk is rounded with: multiples of its strides, in every
 * image but the narrowest.
 */
const crop = [224, 288];
const examples = 240;

/**
 * Rounds the trunk of a detector in place, without training: to 4 bits at equal steps,
 * and what is delicate to 6.
 */
export async function roundTrunk(detector, images, delicate) {
  const isWide = ({ width, height }) => Math.max(width, height) < 1.7 * Math.min(width, height);
  const wide = images.filter(isWide);
  const count = Math.min(examples, wide.length);
  const crops = [];
  for (let i = 0; i < count; i++) {
    crops.push(await cropOf(detector, wide[Math.floor((i * wide.length) / count)], i));
  }
  const stacked = tf.stack(crops);
  tf.dispose(crops);
  const { model } = await compressOnce(detector.featureModel, stacked, {
    bits: 4,
    levels: 'uniform',
    overrides: Object.fromEntries(delicate.map((name) => [name, { bits: 6 }])),
    batchSize: 16,
    onProgress: told('Trunk'),
  });
  stacked.dispose();
  for (const layer of model.layers) {
    if (layer.weights.length > 0) detector.featureModel.getLayer(layer.name).setWeights(layer.getWeights());
  }
  model.dispose();
  for (const layer of detector.featureModel.layers) foldStatistics(layer);
}

/** What compressOnce() tells its progress to: a line for each tenth. */
export function told(name) {
  let shown = 0;
  return (done) => {
    if (done < shown + 0.1) return;
    shown = done;
    console.log(`${name}: ${Math.round(100 * done)}% rounded`);
  };
}

/** A part of the prepared image, another one for each `i`, and every second mirrored. */
async function cropOf(detector, image, i) {
  const { data, width, height } = await image.load();
  const pixels = tf.tensor3d(data, [height, width, 3], 'int32');
  const { input } = detector.prepare(pixels);
  return tf.tidy(() => {
    const [, rows, columns] = input.shape;
    const [y, x] = [rows - crop[0], columns - crop[1]].map((most, d) => {
      // Multiples of the golden ratio and of the root of 2 spread evenly.
      const fraction = (i * [0.618034, 0.414214][d]) % 1;
      return Math.floor(fraction * (most + 1));
    });
    const part = tf.slice(tf.squeeze(input, [0]), [y, x, 0], [...crop, 3]);
    const kept = i % 2 === 1 ? tf.reverse(part, 1) : part.clone();
    tf.dispose([pixels, input]);
    return kept;
  });
}
