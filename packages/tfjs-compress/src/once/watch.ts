import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { hook, type Site } from '@tfjs-compress/layers/internal';
import { kernelInputs } from './kernelInputs.js';
import type { Moments } from './Moments.js';
import type { Step } from './traceGraph.js';

/** Positions over all batches; more say little more. */
const positions = 65_536;

/** The kernels of a unit, each with what is summed of its inputs. */
export type Watched = Map<Site, Moments>;

/** Sums what the kernels are multiplied with when a step gets `inputs`. */
export function watch(watched: Watched, { layer }: Step, inputs: tf.Tensor[], batch: number, batches: number): void {
  const sampling = { most: Math.ceil(positions / batches), seed: batch };
  const isAlone = [...watched.keys()].every((site) => owner(site) === layer);
  if (isAlone) {
    tf.tidy(() => {
      for (const [site, moments] of watched) add(moments, site, inputs);
    });
    return;
  }
  // The layer around calls the one that owns the kernel, once or once for each time step.
  const restore = [...watched].map(([site, moments]) =>
    hook(
      owner(site),
      'call',
      (original) =>
        function (this: unknown, x: tf.Tensor | tf.Tensor[], ...rest) {
          add(moments, site, [x].flat());
          return original.call(this, x, ...rest);
        },
    ),
  );
  try {
    tf.tidy(() => void layer.apply(inputs));
  } finally {
    for (const each of restore.reverse()) each();
  }

  function add(moments: Moments, site: Site, given: tf.Tensor[]): void {
    const found = tf.tidy(() => {
      const all = kernelInputs(owner(site), site.field, given, sampling);
      if (all) moments.add(all);
      return all === undefined;
    });
    if (found) moments.isUnknown = true;
  }
}

export function owner({ layers }: Site): layers.Layer {
  return layers[layers.length - 1];
}
