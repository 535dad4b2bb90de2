import * as tf from '@tensorflow/tfjs';
import { compressOnce } from 'tfjs-compress';
import { told } from './roundTrunk.mjs';

/** Images to round with; of each, proposals that go through the detection stage. */
const examples = 120;
const proposals = 40;

/**
 * Rounds what stands behind the trunk of a detector in place, without training: to 3 bits
 * at equal steps. The few weights of the last layers get 5, and so do those of the
 * proposal stage, by themselves.
 */
export async function roundHead(detector, images) {
  const { hyperModel, classifier } = detector.stages;
  const boxes = tf.input({ shape: [null, 4] });
  const [hyper] = [hyperModel.outputs].flat();
  const model = tf.model({
    inputs: [...hyperModel.inputs, boxes],
    outputs: classifier.stage.apply([hyper, boxes]),
  });
  const inputs = await examplesOf(detector, ofOneSize(images).slice(0, examples));
  const { model: small, notes } = await compressOnce(model, inputs, {
    bits: 3,
    levels: 'uniform',
    overrides: {
      detection_logits: { bits: 5 },
      detection_box: { bits: 5 },
    },
    batchSize: 8,
    onProgress: told('Head'),
  });
  for (const note of notes) console.log(note);
  tf.dispose(inputs);
  for (const layer of flat(small)) {
    const own = layer.weights.length > 0 && detector.model.layers.find(({ name }) => name === layer.name);
    if (own) own.setWeights(layer.getWeights());
  }
  small.dispose();
  for (const layer of detector.headModel.layers) if (layer.name.startsWith('proposal_')) roundKernel(layer, 5);
}

/** The kernel, if there is one, to equal steps: those that change it least. */
function roundKernel(layer, bits) {
  const [kernel, ...others] = layer.getWeights();
  if (!(kernel?.rank > 1)) return;
  const top = 2 ** (bits - 1) - 1;
  tf.tidy(() => {
    const largest = tf.max(tf.abs(kernel)).dataSync()[0];
    const candidates = Array.from({ length: 20 }, (_, i) => {
      const step = (largest / top) * 2 ** (-i / 10);
      const rounded = tf.mul(tf.clipByValue(tf.round(tf.div(kernel, step)), -top, top), step);
      return { rounded, error: tf.sum(tf.squaredDifference(rounded, kernel)).dataSync()[0] };
    });
    const best = candidates.reduce((a, b) => (b.error < a.error ? b : a));
    layer.setWeights([best.rounded, ...others]);
  });
}

/** Those of the size that most have, so that they make one tensor. */
function ofOneSize(images) {
  const bySize = new Map();
  for (const image of images) {
    const size = `${image.width} ${image.height}`;
    bySize.set(size, [...(bySize.get(size) ?? []), image]);
  }
  return [...bySize.values()].reduce((a, b) => (b.length > a.length ? b : a));
}

/** What the trunk makes of each, and its proposals in the pixels that the trunk gets. */
async function examplesOf(detector, images) {
  const rows = [];
  for (const image of images) {
    const { data, width, height } = await image.load();
    const pixels = tf.tensor3d(data, [height, width, 3], 'int32');
    const found = await detector.propose(pixels, proposals);
    const { input, scaleX, scaleY } = detector.prepare(pixels);
    const boxes = found.map(({ box: [x1, y1, x2, y2] }) => [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY]);
    // Where there are fewer, some twice.
    const filled = Array.from({ length: proposals }, (_, i) => boxes[i % boxes.length]);
    rows.push([...detector.featureModel.predict(input), tf.tensor3d([filled])]);
    tf.dispose([pixels, input]);
  }
  const inputs = rows[0].map((_, k) =>
    tf.concat(
      rows.map((row) => row[k]),
      0,
    ),
  );
  tf.dispose(rows);
  return inputs;
}

function flat(model) {
  return model.layers.flatMap((layer) => (layer.layers ? flat(layer) : [layer]));
}
