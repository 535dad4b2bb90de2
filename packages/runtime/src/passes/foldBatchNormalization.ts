import type { Graph, Layer } from '../graph/Graph.js';
import { activated, isLinear } from './fuseActivations.js';
import { absorb } from './rewrite.js';
import { shapesOf } from './shapes.js';

/** Puts batch normalization into the kernel and bias of the dense or convolutional layer before it. */
export function foldBatchNormalization(graph: Graph): Graph {
  const shapes = shapesOf(graph);
  return absorb(graph, ({ layer, inputs }, { layer: before }) => {
    if (layer.className !== 'BatchNormalization' || !activated.test(before.className)) return undefined;
    const { activation, dataFormat } = before.config;
    const rank = shapes.get(inputs[0].node)?.length;
    const channels = layer.weights.movingMean.values.length;
    const isLast = [-1, rank! - 1].includes([layer.config.axis ?? -1].flat()[0]);
    if (!rank || !isLast || !isLinear(activation) || dataFormat === 'channelsFirst') return undefined;
    return channels === shapes.get(inputs[0].node)!.at(-1) ? folded(before, layer, channels) : undefined;
  });
}

function folded(before: Layer, { config, weights }: Layer, channels: number): Layer {
  const { gamma, beta, movingMean, movingVariance } = weights;
  const field = ['pointwiseKernel', 'depthwiseKernel', 'kernel'].find((name) => name in before.weights)!;
  const { name, shape, values } = before.weights[field];
  const factors = Float64Array.from(
    movingVariance.values,
    (variance, i) => (gamma?.values[i] ?? 1) / Math.sqrt(variance + (config.epsilon ?? 1e-3)),
  );
  const inner = /Transpose$/.test(before.className) ? shape.at(-1)! : 1;
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
