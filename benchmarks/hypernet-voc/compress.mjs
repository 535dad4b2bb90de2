import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Detector } from '@tfjs-compress/detection';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { Checkpoint } from '../../examples/blood-cells/checkpoint.js';
import { compressTrunk } from '../../examples/blood-cells/compressTrunk.js';
import { train } from '../../examples/blood-cells/training.js';

/**
 * Pixels of the crops that the trunk trains on: multiples of its strides, in every
 * image but the narrowest.
 */
const crop = [160, 224];
/** So many images are enough for the trunk, which learns what it gave before. */
const trunkImages = 400;

/**
 * Makes a trained detector small, in place: the trunk to 5 bits; the rest pruned to a
 * tenth on what that trunk gives; then that to 5 bits, too. Each stage is kept below
 * `output` when it is done, so that a run that was ended goes on after it.
 *
 * @param again Gives the detector as it was.
 * @param levels Gives batches of what a detector's trunk makes of the images.
 * @param delicate Kernels of the trunk that are not quantized, and float16 in the file.
 */
export async function compress(detector, { again, levels, trainSet, epochs, delicate, output }) {
  const isWide = ({ width, height }) => Math.max(width, height) < 1.7 * Math.min(width, height);
  const stage = async (name, run) => {
    const checkpoint = new Checkpoint(output, name);
    if (checkpoint.epochs > 0) return checkpoint.copyTo(detector);
    await run();
    return checkpoint.save(detector, { epochs });
  };
  await stage('trunk', () =>
    compressTrunk(detector, again, trainSet.images.filter(isWide).slice(0, trunkImages), {
      epochs: 4,
      crop,
      exclude: delicate,
      onEpoch: (epoch, error) =>
        console.log(`Trunk: epoch ${epoch}, ${(100 * error).toFixed(1)}% of its output is error`),
    }),
  );
  const common = { epochs, decay: 0.99 };
  await stage('pruned', async () => {
    const batches = await levels(detector);
    const surgery = new SurgeryCallback({
      // At .8 the file is not quite ten times smaller.
      targetSparsity: 0.9,
      endStep: Math.ceil((epochs * batches.size) / 2),
      // Its four channels are what every proposal goes through.
      exclude: 'proposal_*',
    });
    await train(detector, batches, { ...common, name: 'Pruning', learningRate: 4e-4, callbacks: [surgery] });
  });
  await stage('quantized', async () => {
    const inq = new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] });
    await train(detector, await levels(detector), {
      ...common,
      name: 'Quantizing',
      learningRate: 2e-4,
      callbacks: [inq],
    });
  });
  const file = join(output, 'detector.tfz');
  const float16 = [...delicate.map((name) => `${name}/*`), '*_bn/*'];
  const target = compressed(pathToFileURL(file).href, { quantize: { float16 } });
  const save = async () => {
    await detector.save(target);
    return { small: await Detector.load(target), bytes: statSync(file).size };
  };
  return { detector, save };
}
