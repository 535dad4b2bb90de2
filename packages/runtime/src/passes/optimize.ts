import type { Graph } from '../graph/Graph.js';
import { dropNoOps, isInput } from './dropNoOps.js';
import { foldBatchNormalization } from './foldBatchNormalization.js';
import { foldPadding } from './foldPadding.js';
import { fuseActivations } from './fuseActivations.js';

/**
 * What computes the same with fewer and smaller layers. Models with masks keep their
 * layers: tfjs hands a mask to what it computes next, so that a layer that does nothing
 * else can still take part in that.
 */
export function optimize(graph: Graph): Graph {
  const hasMasks = graph.nodes.some(({ layer: { className, config } }) => className === 'Masking' || config.maskZero);
  return hasMasks ? dropNoOps(graph, isInput) : foldPadding(fuseActivations(foldBatchNormalization(dropNoOps(graph))));
}
