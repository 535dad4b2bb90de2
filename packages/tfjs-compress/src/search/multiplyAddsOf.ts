import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { outputPositions } from '../model/outputPositions.js';
import { weightsOf } from '../model/weights.js';

/**
 * Multiplications for one example: in all by weights that are not 0, and by one weight of
 * each kernel, by the kernel's path.
 *
 * @returns total: undefined where they do not follow from the shapes.
 */
export function multiplyAddsOf(
  artifacts: io.ModelArtifacts,
  model: LayersModel,
): { total: number | undefined; positions: Map<string, number> } {
  const byName = outputPositions(model);
  const kernels = weightsOf(artifacts).filter(({ isCompressible }) => isCompressible);
  const known = kernels.flatMap(({ path, tfjsName, values }) => {
    const places = byName.get(tfjsName);
    return places === undefined ? [] : [{ path, places, nonZeros: countNonZeros(values) }];
  });
  return {
    total: known.length > 0 ? known.reduce((sum, each) => sum + each.places * each.nonZeros, 0) : undefined,
    positions: new Map(known.map(({ path, places }) => [path, places])),
  };
}

export function countNonZeros(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  return count;
}
