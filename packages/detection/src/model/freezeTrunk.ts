import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';

/** Layers that freezeTrunk() froze, which the user did not. */
const frozenHere = new WeakSet<layers.Layer>();

/**
 * Freezes a trunk, or lets it train but for the layers that its user froze.
 *
 * @throws ArgumentError for a trunk that is to train and has nothing that can.
 */
export function freezeTrunk(trunk: LayersModel, fineTune: boolean): void {
  const leaves = leavesOf(trunk);
  for (const layer of leaves) {
    if (!fineTune && layer.trainable) {
      layer.trainable = false;
      frozenHere.add(layer);
    } else if (fineTune && frozenHere.delete(layer)) layer.trainable = true;
  }
  const trains = leaves.some((layer) => layer.trainable && layer.trainableWeights.length > 0);
  check(trains || !fineTune, 'fineTune', 'a trunk with a layer that is not frozen', fineTune);
}

/**
 * Layers at any depth: tfjs does not look at `trainable` of a model inside of another
 * one.
 */
function leavesOf(model: LayersModel): layers.Layer[] {
  return model.layers.flatMap((layer) => {
    if (!(layer instanceof LayersModel)) return [layer];
    const leaves = leavesOf(layer);
    if (!layer.trainable) for (const leaf of leaves) leaf.trainable = false;
    return leaves;
  });
}
