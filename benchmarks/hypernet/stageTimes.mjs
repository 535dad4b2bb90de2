/**
 * The times of the stages of one image's way through 'full' and 'fast' in turns; in
 * Node and in the browser.
 */
import * as tf from '@tensorflow/tfjs';
import { hyperNet } from '@tfjs-compress/detection';
import { network } from '../../examples/blood-cells/network.js';

const variants = ['full', 'fast'];
const networks = {
  async bloodCells(variant, trunk) {
    return hyperNet({ trunk: await trunk(), classes: ['RBC', 'WBC', 'Platelets'], ...network, variant });
  },
  vgg16: (variant) => hyperNet({ trunk: 'vgg16', classes: Array.from({ length: 20 }, (_, i) => `class${i}`), variant }),
};
const size = { bloodCells: [480, 640], vgg16: [600, 1000] };

/**
 * @param kind 'bloodCells' or 'vgg16'
 * @param trunk loads the trunk of bloodCells
 * @param rounds ends after a minute and three rounds at the latest
 * @param processorTime milliseconds so far, where they are known
 * @returns { full: [{ milliseconds, processorMs }, …], fast }, an element a round
 */
export async function stageTimes(kind, trunk, rounds, processorTime = () => 0) {
  const detectors = {};
  for (const variant of variants) detectors[variant] = await networks[kind](variant, trunk);
  const image = tf.randomUniform([...size[kind], 3], 0, 255, 'int32', 1);
  const samples = Object.fromEntries(variants.map((each) => [each, []]));
  const end = performance.now() + 60_000;
  for (let round = 0; round <= rounds && (round <= 3 || performance.now() < end); round++) {
    for (const variant of variants) {
      const times = await timesOf(detectors[variant], image, processorTime);
      // The first round compiles and allocates.
      if (round > 0) samples[variant].push(times);
    }
  }
  return samples;
}

/** Of the steps that detect() takes one after another. */
async function timesOf(detector, image, processorTime) {
  const milliseconds = {};
  const processorMs = {};
  const stage = async (name, run) => {
    const [start, used] = [performance.now(), processorTime()];
    const result = await run();
    processorMs[name] = processorTime() - used;
    milliseconds[name] = performance.now() - start;
    return result;
  };
  /** Waits for what is computed, as backends may only have begun. */
  const read = async (tensors) => {
    for (const tensor of tensors) {
      const sum = tf.tidy(() => tf.sum(tensor));
      await sum.data();
      sum.dispose();
    }
    return tensors;
  };
  const { stages } = detector;
  const prepared = detector.prepare(image);
  const levels = await stage('trunk', () => read(detector.featureModel.predict(prepared.input)));
  const maps = await stage('hyperFeature', () => read([stages.hyperModel.predict(levels)].flat()));
  const found = await stage('proposals', () => stages.proposeOn([maps[0], maps.at(-1)], prepared, 100, 0.7));
  await stage('detection', () => stages.classifier.classify([{ hyper: maps[0] }], found.boxes, 0, prepared));
  tf.dispose([prepared.input, levels, maps]);
  return { milliseconds, processorMs };
}
