import * as tf from '@tensorflow/tfjs';
import { trunkOf } from '@tfjs-compress/detection';
import { modelFolder } from './modelFolder.js';
import { network } from './network.js';
import { isAddress } from './settings.js';

/**
 * The layers of MobileNet v1 up to the deepest level that the network takes, for images
 * of any size.
 *
 * @param from A folder with model.json, or the address of one.
 * @throws Error with one line that names `from`.
 */
export async function loadTrunk(from) {
  try {
    const model = await tf.loadLayersModel(isAddress(from) ? from : modelFolder(from));
    return trunkOf(model, { levels: network.levels });
  } catch (error) {
    const [line] = error.message.split('\n');
    throw new Error(`--trunk: expected MobileNet v1, received ${from}: ${line}`, { cause: error });
  }
}
