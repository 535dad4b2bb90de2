/** One network on one backend: stagesTask.mjs NETWORK TRUNK ROUNDS; ends after a minute and three rounds at the latest. Prints JSON. */
import * as tf from '@tensorflow/tfjs';
import { hyperNet } from '@tfjs-compress/detection';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { network } from '../../examples/blood-cells/network.js';
import { median } from '../tools/results.mjs';

const [kind, trunkFolder, rounds] = process.argv.slice(2);
const networks = {
  async bloodCells(variant) {
    const trunk = await tf.loadLayersModel(modelFolder(trunkFolder));
    return hyperNet({ trunk, classes: ['RBC', 'WBC', 'Platelets'], ...network, variant });
  },
  vgg16: (variant) => hyperNet({ trunk: 'vgg16', classes: Array.from({ length: 20 }, (_, i) => `class${i}`), variant }),
};
const size = { bloodCells: [480, 640], vgg16: [600, 1000] };

await startBackend();
const variants = ['full', 'fast'];
const detectors = Object.fromEntries(
  await Promise.all(variants.map(async (each) => [each, await networks[kind](each)])),
);
const picture = tf.randomUniform([...size[kind], 3], 0, 255, 'int32', 1);
const samples = Object.fromEntries(variants.map((each) => [each, []]));
const end = performance.now() + 60_000;
for (let round = 0; round <= Number(rounds) && (round <= 3 || performance.now() < end); round++) {
  for (const variant of variants) {
    const times = await timesOf(detectors[variant]);
    // The first round compiles and allocates.
    if (round > 0) samples[variant].push(times);
  }
}
const result = Object.fromEntries(variants.map((variant) => [variant, summary(samples[variant])]));
console.log(
  JSON.stringify({
    ...result,
    rounds: samples.full.length,
    peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);

/** Wall clock and processor time of each stage in ms, of the steps that detect() takes one after another. */
async function timesOf(detector) {
  const milliseconds = {};
  const processorMs = {};
  const stage = async (name, run) => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const result = await run();
    const { user, system } = process.cpuUsage(used);
    milliseconds[name] = performance.now() - start;
    processorMs[name] = (user + system) / 1000;
    return result;
  };
  /** Waits for what is computed, as backends may only have begun. */
  const read = async (tensors) => {
    for (const tensor of tensors) await tf.tidy(() => tf.sum(tensor)).data();
    return tensors;
  };
  const { input } = detector.prepare(picture);
  const levels = await stage('trunk', () => read(detector.featureModel.predict(input)));
  const maps = await stage('hyperFeature', () => read([detector.hyperModel.predict(levels)].flat()));
  const found = await stage('proposals', () => detector.proposeOn([maps[0], maps.at(-1)], 100, 0.7));
  await stage('detection', () => detector.classify(maps[0], found.boxes));
  tf.dispose([input, levels, maps]);
  return { milliseconds, processorMs };
}

function summary(times) {
  const stages = Object.keys(times[0].milliseconds);
  const of = (kind) =>
    Object.fromEntries(stages.map((stage) => [stage, median(times.map((each) => each[kind][stage]))]));
  return { milliseconds: of('milliseconds'), processorMs: of('processorMs') };
}
