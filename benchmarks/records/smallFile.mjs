import * as tf from '@tensorflow/tfjs';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { pack, unpack } from 'tfjs-compress';
import { foldStatistics } from '../tools/foldStatistics.mjs';

const trainingOnly = ['Initializer', 'Regularizer', 'Constraint'];

/**
 * A model of layers in a row as one file, without what only training needs, with its
 * biases rounded to the coarsest multiples of a power of two with which the validation
 * error grows by at most `maxLoss`. (The kernels are on levels already.)
 *
 * @returns { bytes, biasStep, parts }: bytes by weight, the rest is the description.
 */
export async function smallFile(model, errorOf, maxLoss) {
  const layers = model.layers
    .filter((layer) => layer.getClassName() !== 'InputLayer')
    .map((layer, i) => {
      const config = Object.entries(layer.getConfig()).filter(
        ([key]) => !trainingOnly.some((end) => key.endsWith(end)),
      );
      const Layer = layer.constructor;
      const batchInputShape = i === 0 ? { batchInputShape: model.inputs[0].shape } : {};
      return new Layer({ ...Object.fromEntries(config), ...batchInputShape });
    });
  const plain = tf.sequential({ layers });
  plain.setWeights(model.getWeights());
  const before = errorOf(plain);
  const biases = plain.layers.flatMap(({ weights }) => weights.filter(({ shape }) => shape.length === 1));
  const originals = biases.map((bias) => bias.read().dataSync());
  let biasStep = 0;
  for (let exponent = 1; exponent >= -10; exponent--) {
    round(2 ** exponent);
    if (errorOf(plain) > before + maxLoss) continue;
    biasStep = 2 ** exponent;
    break;
  }
  if (biasStep === 0) set(originals);
  const artifacts = await artifactsOf(plain);
  plain.dispose();
  const parts = {};
  const onWeight = (name, size) => {
    parts[name] = size;
  };
  const bytes = pack(artifacts, { onWeight });
  return { bytes, biasStep, parts };

  function round(step) {
    set(originals.map((values) => values.map((value) => Math.round(value / step) * step || 0)));
  }

  function set(all) {
    for (const [i, bias] of biases.entries()) tf.tidy(() => bias.write(tf.tensor1d(all[i])));
  }
}

/**
 * Any model as one file: batch normalization with averages of 0 and 1, which its scale
 * and shift take up. What is not a kernel is uint8, each weight with a scale of its own,
 * where the validation error grows by at most `maxLoss`, otherwise float16.
 *
 * @returns { bytes, others, parts }: the bytes by weight, and as what the others are.
 */
export async function smallGraphFile(model, errorOf, maxLoss) {
  const before = errorOf(model);
  for (const layer of model.layers) foldStatistics(layer);
  const artifacts = await artifactsOf(model);
  for (const others of ['uint8', 'float16']) {
    const parts = {};
    const onWeight = (name, size) => {
      parts[name] = size;
    };
    const bytes = pack(artifacts, { onWeight, quantize: { [others]: (name) => !/kernel$/.test(name) } });
    const loaded = await loadFile(bytes);
    const loss = errorOf(loaded) - before;
    loaded.dispose();
    if (loss <= maxLoss || others === 'float16') return { bytes, others, parts };
  }
}

export function loadFile(bytes) {
  return tf.loadLayersModel(tf.io.fromMemory(unpack(bytes)));
}
