import type { NamedTensorMap, Optimizer, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { hook } from '@tfjs-compress/layers/internal';

/** tfjs-core does not export its own. */
export interface NamedTensor {
  name: string;
  tensor: Tensor;
}

type Apply = (gradients: NamedTensor[]) => void;
/** Is given the gradients of a step and what applies them. */
type Around = (gradients: NamedTensor[], apply: Apply, optimizer: Optimizer) => void;

/**
 * Those at work, the outermost last. One hook for all, so that they may leave in any
 * order.
 */
const working = new WeakMap<Optimizer, { arounds: Around[]; unhook: () => void }>();

/**
 * Calls `around` at each step of a compiled model's optimizer with the gradients; every
 * tfjs optimizer applies them through one method. Weights without a gradient are left
 * out, but the optimizer still gets their names, because it numbers what it keeps of each
 * weight by its place.
 *
 * @returns What takes it away.
 */
export function hookUpdates({ optimizer }: LayersModel, around: Around): () => void {
  const known = working.get(optimizer) ?? install(optimizer);
  known.arounds.push(around);
  return () => {
    const at = known.arounds.indexOf(around);
    if (at < 0) return;
    known.arounds.splice(at, 1);
    if (known.arounds.length > 0) return;
    known.unhook();
    working.delete(optimizer);
  };
}

function install(optimizer: Optimizer) {
  const arounds: Around[] = [];
  const unhook = hook(optimizer, 'applyGradients', (stock) => (given: NamedTensorMap | NamedTensor[]) => {
    const all = Array.isArray(given) ? given : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
    const first: Apply = (gradients) => {
      const byName = new Map(gradients.map(({ name, tensor }) => [name, tensor]));
      stock.call(
        optimizer,
        all.map(({ name }) => ({ name, tensor: byName.get(name) })),
      );
    };
    const outermost = arounds.reduce<Apply>(
      (apply, around) => (gradients) => around(gradients, apply, optimizer),
      first,
    );
    outermost(all.filter(({ tensor }) => tensor !== undefined && tensor !== null));
  });
  const installed = { arounds, unhook };
  working.set(optimizer, installed);
  return installed;
}
