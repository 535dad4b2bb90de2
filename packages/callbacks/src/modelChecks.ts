import type { Optimizer } from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { CompressibleKernel } from '@tfjs-compress/layers';
import { findSites, isMarkedPruned, kernelAt, layerOf, type Site } from '@tfjs-compress/layers/internal';
import { FREE } from '@tfjs-compress/math';

/**
 * An optimizer finds its slots (momentum, moments) by a weight's position among the
 * trained ones: one that was used for another model, or before `trainable` changed, gives
 * a layer another one's.
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

/**
 * A kept run goes on with the options it began with.
 *
 * @throws Error naming the first option that differs.
 */
export function checkSettings(name: string, before: object, now: Record<string, unknown>): void {
  const plain = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  for (const [option, value] of Object.entries(plain)) {
    const expected = JSON.stringify((before as Record<string, unknown>)[option]);
    const received = JSON.stringify(value);
    if (expected === received) continue;
    throw new Error(
      `${name}: ${option}: expected ${expected ?? 'nothing'}, with which the run that this model carries began, received ` +
        `${received}. Go on with the same options, or call resetCompression(model) to begin anew.`,
    );
  }
}

/**
 * A word on zeros that are going to be trained; undefined where there are few, or nothing
 * but an initializer's.
 */
export async function describeZeros(kernel: CompressibleKernel, isFirst: boolean): Promise<string | undefined> {
  if (!isFirst) return undefined;
  const values = await kernel.values();
  const states = kernel.states;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0 && states[i] === FREE) zeros++;
  const share = zeros / values.length;
  if (share < 0.1 || zeros === values.length) return undefined;
  return (
    `${(100 * share).toFixed(1)}% of its weights are 0 and nothing says that they were pruned: they are trained like ` +
    'the others. keepZeros: true keeps them at 0.'
  );
}

/**
 * Biases that were pruned before, of layers whose kernels are selected: they stay pruned
 * as the kernels do.
 */
export function prunedBiases(model: tfl.LayersModel, all: Site[], selected: { site: Site }[]): Site[] {
  const taken = new Set(selected.map(({ site }) => site.variable));
  const owners = new Set(selected.map(({ site }) => layerOf(site)));
  return all.filter(
    (site) =>
      site.role === 'bias' && owners.has(layerOf(site)) && !taken.has(site.variable) && isMarkedPruned(model, site),
  );
}

/**
 * Paths of stock weights that are trained, hold zeros which were pruned, and are not in
 * `held`.
 */
export async function unheldPruned(
  model: tfl.LayersModel,
  trained: tfl.LayersModel,
  held: Set<tfl.LayerVariable>,
): Promise<string[]> {
  const trainable = new Set(trained.trainableWeights);
  const paths: string[] = [];
  for (const site of findSites(model)) {
    if (held.has(site.variable) || !trainable.has(site.variable) || kernelAt(site)) continue;
    if (!isMarkedPruned(model, site)) continue;
    if ((await site.variable.read().data()).includes(0)) paths.push(site.path);
  }
  return paths;
}
