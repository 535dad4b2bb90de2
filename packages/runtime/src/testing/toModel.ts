import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Graph, Layer, Node } from '../graph/Graph.js';
import { fieldsOf } from '../graph/layerWeights.js';

/** The tfjs model that computes what a graph says, for comparisons. */
export function toModel(graph: Graph): tfl.LayersModel {
  const made = new Map<Layer, tfl.layers.Layer>();
  const outputs = new Map<Node, tfl.SymbolicTensor[]>();
  for (const node of graph.nodes) {
    const { layer, kwargs } = node;
    const inputs = node.inputs.map((input) => outputs.get(input.node)![input.index]);
    if (layer.className === 'InputLayer') {
      const { name, batchInputShape, batchShape, dtype } = layer.config;
      outputs.set(
        node,
        inputs.length ? inputs : [tfl.input({ name, batchShape: batchInputShape ?? batchShape, dtype })],
      );
      continue;
    }
    const isNew = !made.has(layer);
    if (isNew) made.set(layer, instantiate(layer, made.size));
    const applied = made.get(layer)!.apply(inputs.length === 1 ? inputs[0] : inputs, { ...kwargs });
    outputs.set(node, [applied].flat() as tfl.SymbolicTensor[]);
    if (isNew) made.get(layer)!.setWeights(weightsOf(layer));
  }
  const all = (tensors: Graph['inputs']) => tensors.map(({ node, index }) => outputs.get(node)![index]);
  return tfl.model({ inputs: all(graph.inputs), outputs: all(graph.outputs) });
}

function instantiate({ className, config, weights }: Layer, i: number): tfl.layers.Layer {
  const [Class, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
  const copy: Record<string, unknown> = { ...structuredClone(config), name: `layer${i}`, weights: undefined };
  if (className === 'SeparableConv2D') copy.depthMultiplier = weights.depthwiseKernel.shape[3];
  return (fromConfig as any)(Class, copy) as tfl.layers.Layer;
}

function weightsOf({ className, config, weights, inner, model }: Layer): tf.Tensor[] {
  const own = fieldsOf(className, config).map(([field]) => tf.tensor(weights[field].values, weights[field].shape));
  const ofModel = [...new Set((model?.nodes ?? []).map(({ layer }) => layer))];
  return [...own, ...[...inner, ...ofModel].flatMap(weightsOf)];
}
