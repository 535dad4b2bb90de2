import type { Graph, Layer } from '../graph/Graph.js';
import { outputNodes, rewrite } from './rewrite.js';

const idle = /^(Dropout|SpatialDropout[123]D|Gaussian(Noise|Dropout)|AlphaDropout|ActivityRegularization)$/;

function doesNothing({ className, config }: Layer): boolean {
  return idle.test(className) || (className === 'Activation' && config.activation === 'linear');
}

export function isInput({ className }: Layer): boolean {
  return className === 'InputLayer';
}

/**
 * Takes out the layers that pass on what they read when a model is not in training;
 * outputs of the model stay, for their names.
 *
 * @param isIdle By default these and the inputs of nested models.
 */
export function dropNoOps(graph: Graph, isIdle = (layer: Layer) => isInput(layer) || doesNothing(layer)): Graph {
  const outputs = outputNodes(graph);
  return rewrite(graph, (node, now) =>
    node.inputs.length === 1 && isIdle(node.layer) && !outputs.has(node) ? now.inputs[0] : now,
  );
}
