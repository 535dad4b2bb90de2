import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Frees all weights. model.dispose() leaves those of nested models that are used more than once. */
export function disposeModel(model: LayersModel): void {
  const weights = model.weights.map((weight) => weight.read());
  model.dispose();
  for (const weight of weights) if (!weight.isDisposed) weight.dispose();
}
