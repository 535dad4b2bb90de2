import type { LayersModel } from '@tensorflow/tfjs-layers';
import { pruned } from '../model/pruned.js';
import { assignValues, kernelsOf, restoring } from './kernels.js';
import { countNonZeros } from './multiplyAddsOf.js';
import { roughly, scoreOf } from './scoreOf.js';
import type { Evaluate } from './types.js';

/** Of the weights that are left, in one kernel at a time. */
export const probed = 0.25;

/**
 * What the score loses when the smallest quarter of a kernel's weights goes too: where a
 * compressed model can lose more, and where not. By the kernel's path.
 */
export async function probeKernels(model: LayersModel, evaluate: Evaluate): Promise<Record<string, number>> {
  const { score } = await scoreOf(evaluate, model, { examples: roughly });
  const found: Record<string, number> = {};
  for (const { path, variable } of kernelsOf(model)) {
    found[path] = await restoring(variable, async (values) => {
      assignValues(variable, withoutSmallest(values));
      const changed = await scoreOf(evaluate, model, { examples: roughly });
      return score - changed.score;
    });
  }
  return found;
}

function withoutSmallest(values: Float32Array): Float32Array {
  const left = countNonZeros(values);
  if (left === 0) return values;
  return pruned(values, (values.length - left + Math.floor(probed * left)) / values.length);
}
