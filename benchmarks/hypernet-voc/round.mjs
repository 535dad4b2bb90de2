import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Detector } from '@tfjs-compress/detection';
import { compressed } from 'tfjs-compress';
import { Checkpoint } from '../../examples/blood-cells/checkpoint.js';
import { roundHead } from './roundHead.mjs';
import { roundTrunk } from './roundTrunk.mjs';

/**
 * Makes a trained detector small, in place and without training: the trunk is rounded,
 * then, on what that gives, the rest. Each stage is kept below `output` when it is done,
 * so that a run that was ended goes on after it.
 *
 * @param delicate Kernels of the trunk that get 6 bits.
 */
export async function round(detector, { images, delicate, output }) {
  const stage = async (name, run) => {
    const checkpoint = new Checkpoint(output, name);
    if (checkpoint.epochs > 0) return checkpoint.copyTo(detector);
    await run();
    return checkpoint.save(detector, { epochs: 1 });
  };
  await stage('rounded-trunk', () => roundTrunk(detector, images, delicate));
  await stage('rounded', () => roundHead(detector, images));
  const file = join(output, 'rounded.tfz');
  const target = compressed(pathToFileURL(file).href, { quantize: { float16: '*_bn/*' } });
  const save = async () => {
    await detector.save(target);
    return { small: await Detector.load(target), bytes: statSync(file).size };
  };
  return { detector, save };
}
