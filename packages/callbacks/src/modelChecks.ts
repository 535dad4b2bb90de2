import type { Optimizer } from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Selected } from '@tfjs-compress/layers';
import { countNonFinite } from '@tfjs-compress/math';

/** @throws Error naming the first kernel with weights that are not finite, and their number. */
export async function checkFinite(selected: Selected<object>[], label: string): Promise<void> {
  for (const { site } of selected) {
    const values = (await site.variable.read().data()) as Float32Array;
    const count = countNonFinite(values);
    if (count === 0) continue;
    throw new Error(
      `${label}: ${site.path} holds ${count} NaN or infinite weights of ${values.length}. Did training diverge?`,
    );
  }
}

/**
 * An optimizer finds its slots (momentum, moments) by a weight's position among the trained ones: one that was used for
 * another model, or before `trainable` changed, gives a layer another one's.
 */
export function checkOptimizerSlots(model: tfl.LayersModel, label: string): void {
  const optimizer = model.optimizer as Optimizer & Record<string, unknown>;
  const trained = (model as unknown as { collectedTrainableWeights: tfl.LayerVariable[] }).collectedTrainableWeights;
  for (const [name, slots] of Object.entries(optimizer)) {
    if (!Array.isArray(slots)) continue;
    slots.forEach((slot: { variable?: { shape: number[] } } | null, i) => {
      const expected = trained[i]?.shape.join('×');
      const received = slot?.variable?.shape.join('×');
      if (received === undefined || received === expected) return;
      throw new Error(
        `${label}: the optimizer carries ${name} of other weights: at position ${i}, expected shape [${expected ?? 'none'}], ` +
          `received [${received}]. Compile the model with a new optimizer after a change of layers or of trainable.`,
      );
    });
  }
}
