import type { LayersModel } from '@tensorflow/tfjs-layers';

interface Evaluating {
  testLoop(...args: unknown[]): unknown;
  evaluateDataset(...args: unknown[]): unknown;
}

/**
 * Calls `before` whenever the model is about to be evaluated. fit has no hook between an epoch's last batch and its
 * validation: it validates inside the last batch, before onBatchEnd.
 *
 * @param model The model that trains, not a Sequential around it.
 * @returns What takes the hook away.
 */
export function hookValidation(model: LayersModel, before: () => void): () => void {
  const hooked = model as unknown as Evaluating & Record<string, unknown>;
  const { testLoop, evaluateDataset } = hooked;
  hooked.testLoop = (...args) => {
    before();
    return testLoop.apply(model, args);
  };
  hooked.evaluateDataset = (...args) => {
    before();
    return evaluateDataset.apply(model, args);
  };
  return () => {
    delete (hooked as Partial<Evaluating>).testLoop;
    delete (hooked as Partial<Evaluating>).evaluateDataset;
  };
}
