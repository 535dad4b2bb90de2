import type { layers } from '@tensorflow/tfjs-layers';
import { LayersModel } from '@tensorflow/tfjs-layers';
import type { Site } from '@tfjs-compress/layers/internal';
import { isNormalization, type Normalization } from './batchNorm.js';
import type { Trace } from './traceGraph.js';

/**
 * What is worked on at a time: the kernels of one layer, or the statistics of one
 * normalization.
 */
export type Unit = { steps: number[] } & ({ sites: Site[] } | { normalization: Normalization });

/** In an order in which the layers can run. */
export function unitsOf(trace: Trace, sites: Site[]): Unit[] {
  const steps = new Map<layers.Layer, number[]>();
  for (const [s, { layer }] of trace.steps.entries()) steps.set(layer, [...(steps.get(layer) ?? []), s]);
  const units: Unit[] = [];
  for (const [layer, at] of steps) {
    if (isNormalization(layer)) units.push({ steps: at, normalization: layer });
    const own = sites.filter((site) => stepLayer(site) === layer);
    // The second kernel of a separable convolution gets what the first one makes, as
    // compressed.
    const isSecond = ({ field }: Site) => field === 'pointwiseKernel';
    for (const group of [own.filter((site) => !isSecond(site)), own.filter(isSecond)])
      if (group.length > 0) units.push({ steps: at, sites: group });
  }
  return units;
}

/**
 * The layer around a weight that stands in the graph: wrappers are one step, nested
 * models are none.
 */
function stepLayer({ layers }: Site): layers.Layer | undefined {
  return layers.find((layer) => !(layer instanceof LayersModel));
}
