import type { LayersModel } from '@tensorflow/tfjs-layers';
import { hook } from '@tfjs-compress/layers/internal';

/**
 * Calls `before` whenever fit with tensors is about to validate: inside its last batch,
 * before onBatchEnd, where it waits for nobody. (fitDataset validates after onBatchEnd,
 * and waits.)
 *
 * @param model The model that trains, not a Sequential around it.
 * @returns What takes the hook away.
 */
export function hookValidation(model: LayersModel, before: () => void): () => void {
  return hook(model, 'testLoop', (testLoop) => (...args) => {
    before();
    return testLoop.apply(model, args);
  });
}
