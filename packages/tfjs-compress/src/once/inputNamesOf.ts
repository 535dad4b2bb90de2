import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * The names of a model's inputs; of a Sequential that was never run, its own list is
 * empty.
 */
export function inputNamesOf({ inputs }: LayersModel): string[] {
  return inputs.map(({ sourceLayer }) => sourceLayer.name);
}
