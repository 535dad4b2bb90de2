import type { Graph, Layer, Node } from '../graph/Graph.js';
import { activated, isLinear } from './fuseActivations.js';
import { absorb } from './rewrite.js';

/**
 * Puts batch normalization into the kernel and bias of the dense or convolutional layer
 * before it.
 */
export function foldBatchNormalization(graph: Graph): Graph {
  return absorb(graph, ({ layer, inputs }, { layer: before }) => {
    if (layer.className !== 'BatchNormalization' || !activated.test(before.className)) return undefined;
    const { activation, dataFormat } = before.config;
    const axis = [layer.config.axis ?? -1].flat()[0];
    if (!isLinear(activation) || dataFormat === 'channelsFirst' || (axis !== -1 && axis + 1 !== rankOf(inputs[0].node)))
      return undefined;
    return folded(before, layer, layer.weights.movingMean.values.length);
  });
}

/**
 * How many dimensions an output has: a layer says it by its name, or has as many as its
 * input.
 */
function rankOf(node: Node): number | undefined {
  for (let { layer, inputs } = node; ; { layer, inputs } = inputs[0].node) {
    const { className, config } = layer;
    const [, rank] = /^(?:Depthwise|Separable)?Conv(\d)D/.exec(className) ?? [];
    if (rank) return Number(rank) + 2;
    if (/^(Flatten$|Global)/.test(className)) return 2;
    if (!/^(Dense|Activation|BatchNormalization|.*ReLU|ELU)$/.test(className)) return config.batchInputShape?.length;
  }
}

function folded(before: Layer, { config, weights }: Layer, channels: number): Layer | undefined {
  const { gamma, beta, movingMean, movingVariance } = weights;
  const field = ['pointwiseKernel', 'depthwiseKernel', 'kernel'].find((name) => name in before.weights)!;
  const { name, shape, values } = before.weights[field];
  const factors = Float64Array.from(
    movingVariance.values,
    (variance, i) => (gamma?.values[i] ?? 1) / Math.sqrt(variance + (config.epsilon ?? 1e-3)),
  );
  const [rows, columns] = shape.slice(-2);
  const isTransposed = /Transpose$/.test(before.className);
  const outputs = isTransposed ? rows : field === 'depthwiseKernel' ? rows * columns : columns;
  if (outputs !== channels) return undefined;
  const inner = isTransposed ? columns : 1;
  const bias = movingMean.values.map(
    (mean, i) => ((before.weights.bias?.values[i] ?? 0) - mean) * factors[i] + (beta?.values[i] ?? 0),
  );
  return {
    ...before,
    config: { ...before.config, useBias: true },
    weights: {
      ...before.weights,
      [field]: { name, shape, values: values.map((value, i) => value * factors[Math.floor(i / inner) % channels]) },
      bias: { name: before.weights.bias?.name ?? name.replace(/[^/]*$/, 'bias'), shape: [channels], values: bias },
    },
  };
}
