import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { shrinkArtifacts } from './shrinkArtifacts.js';
import type { ShrinkRow } from './unitsOf.js';

/** A smaller model, and what became of each layer. */
export interface Shrunk {
  /** Not compiled. Dispose of it when it is not needed any longer. */
  model: LayersModel;
  rows: ShrinkRow[];
}

/**
 * A smaller stock model with the same outputs: units (neurons of dense layers, channels
 * of convolutions) that no weight reads are gone, and so are those whose output is
 * constant, whose part goes into the next layer's bias. After pruning there are many of
 * them. Every backend has less to compute.
 *
 * Outputs are equal to within float32 rounding. The model's inputs and outputs keep their
 * shapes, recurrent layers their units. Channels that are added or multiplied go only
 * where both sides can lose them, a shared layer's only where all of its uses can: `rows`
 * says where that holds units back. Layers of other packages are kept as they are, with
 * all that they read. The given model is not changed.
 *
 * @param model A layers model. Its Masked… and PowerOfTwo… layers become stock layers.
 * @returns The model, and a row for each layer with units: how many before and after, and
 *   why not fewer.
 * @throws Error for a model that cannot be saved and loaded, as those with custom layers
 *   that are not registered.
 * @example
 * ```js
 * const { model: small, rows } = await shrink(model);
 * console.log(formatUnits(rows));
 * small.predict(x);
 * ```
 */
export async function shrink(model: LayersModel): Promise<Shrunk> {
  const { artifacts, rows } = shrinkArtifacts(await artifactsOf(model));
  return { model: await loadLayersModel({ load: async () => artifacts }), rows };
}
