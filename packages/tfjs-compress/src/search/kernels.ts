import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { findSites, type Site } from '@tfjs-compress/layers/internal';

/** The kernels that a search may compress: those that are trained. */
export function kernelsOf(model: LayersModel): Site[] {
  const trained = new Set(model.trainableWeights);
  return findSites(model).filter(({ role, variable }) => role === 'kernel' && trained.has(variable));
}

/** Past the weight's constraint, as optimizers do. */
export function assign(weight: LayerVariable, value: Tensor): void {
  (weight.read() as Tensor & { assign(value: Tensor): void }).assign(value);
}

export function assignValues(weight: LayerVariable, values: Float32Array): void {
  const made = tensor(values, weight.shape as number[]);
  assign(weight, made);
  made.dispose();
}

/** Runs `body` and gives the weight its values back afterwards. */
export async function restoring<T>(weight: LayerVariable, body: (values: Float32Array) => Promise<T>): Promise<T> {
  const original: Tensor = weight.read().clone();
  try {
    return await body((await original.data()) as Float32Array);
  } finally {
    assign(weight, original);
    original.dispose();
  }
}
