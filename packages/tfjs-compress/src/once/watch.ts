import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { hook, layerOf, type Site } from '@tfjs-compress/layers/internal';
import type { Inputs } from './Flow.js';
import { type KernelInputs, kernelInputs, type Sampling, tensorOf } from './kernelInputs.js';
import type { Moments } from './Moments.js';
import { shortfallRows } from './shortfall.js';

/** Positions over all batches; more say little more. */
const positions = 65_536;

/** A layer, and the kernels in it that are looked at. */
export interface Place {
  layer: layers.Layer;
  sites: Site[];
}

/**
 * Sums what kernels are multiplied with when a step gets `inputs`.
 *
 * @param moments Of each site.
 * @param before The step's layer in the model as it was.
 * @param now The same layer as it is, with the same sites.
 * @param shortfall What the one kernel's outputs have to make up for beside that.
 */
export function watch(
  moments: Moments[],
  before: Place,
  now: Place,
  inputs: Inputs,
  batch: number,
  batches: number,
  shortfall?: tf.Tensor,
): void {
  const sampling = { most: Math.ceil(positions / batches), seed: batch };
  const were = collect(before, inputs.before, sampling);
  const are = collect(now, inputs.now, sampling);
  for (const [i, each] of moments.entries()) {
    if (!are[i]) each.isUnknown = true;
    const rows = shortfall && tf.tidy(() => shortfallRows(shortfall, sampling.most, sampling.seed));
    for (const [c, call] of (are[i] ?? []).entries()) each.add(call, were[i]![c], rows);
    rows?.dispose();
  }
  for (const call of [...were, ...are].flatMap((calls) => calls ?? [])) tensorOf(call).dispose();
}

/**
 * What each kernel is multiplied with, in each call of its layer; undefined where that is
 * not known.
 */
function collect({ layer, sites }: Place, inputs: tf.Tensor[], sampling: Sampling): (KernelInputs[] | undefined)[] {
  const found: (KernelInputs[] | undefined)[] = sites.map(() => []);
  const add = (i: number, given: tf.Tensor[]) => {
    tf.tidy(() => {
      const call = kernelInputs(layerOf(sites[i]), sites[i].field, given, sampling);
      if (call) tf.keep(tensorOf(call));
      if (call) found[i]?.push(call);
      else found[i] = undefined;
    });
  };
  if (sites.every((site) => layerOf(site) === layer)) {
    for (const i of sites.keys()) add(i, inputs);
    return found;
  }
  // The layer around calls the one that owns the kernel, once or once for each time step.
  const restore = sites.map((site, i) =>
    hook(
      layerOf(site),
      'call',
      (original) =>
        function (this: unknown, x: tf.Tensor | tf.Tensor[], ...rest) {
          add(i, [x].flat());
          return original.call(this, x, ...rest);
        },
    ),
  );
  try {
    tf.tidy(() => void layer.apply(inputs));
  } finally {
    for (const each of restore.reverse()) each();
  }
  return found;
}
