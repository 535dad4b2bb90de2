import type { Graph } from '../graph/Graph.js';
import { absorb } from './rewrite.js';

/** Layers with an activation of their own, applied last. */
export const activated = /^(Dense|Conv[123]D|Conv[23]DTranspose|(Depthwise|Separable)Conv2D)$/;

export function isLinear(activation: unknown): boolean {
  return activation == null || activation === 'linear';
}

/** Puts activation layers into the layer before: they become its activation. */
export function fuseActivations(graph: Graph): Graph {
  return absorb(graph, ({ layer: { className, config } }, { layer }) => {
    if (!activated.test(layer.className) || !isLinear(layer.config.activation)) return undefined;
    const isLayer = /^(ReLU|LeakyReLU|ELU|ThresholdedReLU)$/.test(className);
    if (!isLayer && className !== 'Activation') return undefined;
    const activation = isLayer ? { className, config } : config.activation;
    return { ...layer, config: { ...layer.config, activation } };
  });
}
