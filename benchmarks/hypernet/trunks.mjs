/**
 * Builds a detector on each of some published models, checks that trunkOf() gives what
 * the model gives at its own size, and detects at another: node
 * benchmarks/hypernet/trunks.mjs FOLDER, where FOLDER holds efficientnet_lite0/,
 * resnet20_cifar10/, mobilenet_v1_1.0_trunk/, mlperf-tiny/ and public/tm-image-1.7.4/
 * (MobileNet v2 of Keras, inside of two models).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { Detector, hyperNet, trunkOf } from '@tfjs-compress/detection';
import { writeResult } from '../tools/results.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Usage: node benchmarks/hypernet/trunks.mjs FOLDER');
await tf.setBackend('wasm');

const trunks = {
  efficientnet_lite0: { levels: ['block0_project_bn', 'block4_add', 'block10_add'] },
  'public/tm-image-1.7.4': { levels: ['block_1_expand_relu', 'block_5_add', 'block_12_add'] },
  'mobilenet_v1_1.0_trunk': { levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'] },
  resnet20_cifar10: {
    levels: ['stage1_block3_relu2', 'stage2_block3_relu2', 'stage3_block3_relu2'],
    preprocessing: 'torch',
  },
  'mlperf-tiny/resnet8_cifar10': { levels: ['activation_2', 'activation_4', 'activation_6'] },
  'mlperf-tiny/mobilenet_v1_025_vww': { levels: ['activation_2', 'activation_10', 'activation_22'] },
};

function load(name) {
  const { modelTopology, weightsManifest, ...rest } = JSON.parse(
    readFileSync(join(folder, name, 'model.json'), 'utf8'),
  );
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const files = weightsManifest.flatMap((group) => group.paths).map((path) => readFileSync(join(folder, name, path)));
  const weightData = Uint8Array.from(Buffer.concat(files)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ ...rest, modelTopology, weightSpecs, weightData }));
}

/** A model up to its levels, at its own size. */
function reference(model, levels) {
  const holder = (of) =>
    of.layers.some(({ name }) => name === levels[2])
      ? of
      : of.layers
          .filter((each) => each.layers)
          .map(holder)
          .find(Boolean);
  const inner = holder(model);
  return tf.model({ inputs: inner.inputs, outputs: levels.map((name) => inner.getLayer(name).getOutputAt(0)) });
}

const results = [];
for (const [name, { levels, preprocessing }] of Object.entries(trunks)) {
  const model = await load(name);
  const [, rows, columns] = model.inputs[0].shape.map((side) => side ?? 128);
  const image = tf.randomUniform([1, rows, columns, 3], -1, 1, 'float32', 1);
  const expected = reference(model, levels).predict(image);
  const trunk = trunkOf(model, { levels });
  const received = trunk.predict(image);
  const difference = Math.max(...expected.map((each, i) => tf.max(tf.abs(tf.sub(each, received[i]))).dataSync()[0]));
  const detector = hyperNet({
    trunk,
    classes: ['a'],
    shortSide: 96,
    longSide: 128,
    channels: 8,
    detectionUnits: 16,
    preprocessing,
  });
  let saved;
  await detector.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await Detector.load(tf.io.fromMemory(saved));
  const pixels = tf.randomUniform([150, 200, 3], 0, 255, 'int32', 2);
  const options = { scoreThreshold: 0, maxDetections: 5 };
  const [found, again] = [await detector.detect(pixels, options), await loaded.detect(pixels, options)];
  const isKept = JSON.stringify(found) === JSON.stringify(again);
  const result = { model: name, levels, strides: [...detector.strides], difference, detections: found.length, isKept };
  console.log(result);
  results.push(result);
}
const packages = ['@tensorflow/tfjs'];
writeResult(new URL('results/trunks.json', import.meta.url), packages, { results });
