import type { Graph, Layer, Node, Tensor } from '../graph/Graph.js';
import { refuse } from '../graph/UnsupportedLayerError.js';
import { isLinear } from '../passes/fuseActivations.js';
import { Matrix, matrixOf } from '../program/Matrix.js';
import type { RoI } from './poolBoxes.js';
import type { DetectorConfig } from './readConfig.js';
import { places, type WindowHead } from './scoreGrid.js';

/**
 * A detector's network without what only training needs, its layers being found by their
 * names.
 */
export interface Network {
  /**
   * Image [1, height, width, 3] → the Hyper Feature and the map that windows are pooled
   * from.
   */
  features: Graph;
  /** Windows as a grid, where that can be done; else as boxes: */
  grid?: WindowHead;
  /** What was pooled in windows → logits [n, 1] and offsets [n, 4]. */
  windows: Graph;
  windowRoI: RoI;
  /**
   * What was pooled in proposals → probabilities [n, 1 + classes] and offsets [n, 4 ·
   * classes].
   */
  proposals: Graph;
  proposalRoI: RoI;
}

/**
 * @throws UnsupportedLayerError where a layer is missing or is not as hyperNet() makes
 *   it.
 */
export function networkOf(graph: Graph, { classes, variant, mapStride }: DetectorConfig): Network {
  const find = (name: string): Node =>
    graph.nodes.find(({ layer }) => layer.path === name) ??
    refuse({ path: name, className: '?' }, 'is not in the file');
  const layerOf = (name: string) => find(name).layer;
  const apply = (layer: Layer, ...inputs: Tensor[]): Tensor => ({ node: { layer, inputs, kwargs: {} }, index: 0 });
  const chain = (from: Tensor, names: string[]) => names.reduce((tensor, name) => apply(layerOf(name), tensor), from);

  const isFast = variant === 'fast';
  const windowRoI = roiOf(layerOf('proposal_roi_scored'), mapStride);
  const proposalRoI = roiOf(layerOf('detection_roi'), mapStride);
  const convolution = layerOf('proposal_conv');
  const [height, , depth, filters] = kernelOf(convolution, 'Conv2D');
  const hyper: Tensor = { node: find('hyper'), index: 0 };

  const isGrid = !windowRoI.isMax && (isFast || isPlain(convolution));
  const map = isFast
    ? { node: find('proposal_conv'), index: 0 }
    : isGrid
      ? apply(convolveBefore(convolution), hyper)
      : hyper;
  const head = (name: string, units: number) => {
    const layer = layerOf(name);
    const isGood = layer.config.units === units && isLinear(layer.config.activation);
    return isGood ? layer : refuse(layer, `expected ${units} linear units, received ${layer.config.units}`);
  };
  const [logit, box] = [head('proposal_logit', 1), head('proposal_box', 4)];
  const [logits, boxes] = [head('detection_logits', classes.length + 1), head('detection_box', 4 * classes.length)];
  const hidden = layerOf('proposal_fc');
  const inputs = windowRoI.size ** 2 * filters;
  if (kernelOf(hidden, 'Dense')[0] !== inputs) refuse(hidden, `expected a kernel for ${inputs} inputs`);

  const pooledWindow = inputOf('windows', windowRoI.size, isFast ? filters : depth);
  const window = chain(pooledWindow, [...(isFast ? [] : ['proposal_conv']), 'proposal_flatten', 'proposal_fc']);
  const pooledProposal = inputOf('proposals', proposalRoI.size, depth);
  const names = ['conv', 'flatten', 'fc1', 'dropout1', 'fc2', 'dropout2'].map((name) => `detection_${name}`);
  const proposal = chain(pooledProposal, names);
  const softmax: Layer = { ...logits, path: 'probabilities', className: 'Softmax', config: {}, weights: {} };
  return {
    features: graphOf(graph.inputs.slice(0, 1), [hyper, map]),
    ...(isGrid && {
      grid: {
        roi: windowRoI,
        reach: isFast ? 0 : (height - 1) / 2,
        channels: filters,
        ...(!isFast && { bias: convolution.weights.bias?.values }),
        hidden: {
          matrix: matrixOf(hidden.weights.kernel),
          bias: hidden.weights.bias?.values,
          activation: hidden.config.activation,
        },
        scores: sideBySide([logit, box]),
      },
    }),
    windows: graphOf([pooledWindow], [apply(logit, window), apply(box, window)]),
    windowRoI,
    proposals: graphOf([pooledProposal], [apply(softmax, apply(logits, proposal)), apply(boxes, proposal)]),
    proposalRoI,
  };
}

function roiOf(layer: Layer, mapStride: number): RoI {
  const { size, stride, samplingRatio = 1, aligned = true } = layer.config;
  const isMax = layer.className === 'RoIMaxPooling';
  const isSize = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;
  if (!isMax && layer.className !== 'RoIAlign') refuse(layer, 'expected RoIAlign or RoIMaxPooling');
  if (!isSize(size, 1) || stride !== mapStride || !isSize(samplingRatio, 0) || samplingRatio > 16)
    refuse(
      layer,
      `expected a size, the stride ${mapStride} and a samplingRatio, received ${JSON.stringify(layer.config)}`,
    );
  return { isMax, size, stride, samplingRatio, aligned };
}

/** Whether a convolution is linear and weighs a square of bins around each bin. */
function isPlain({ config, weights: { kernel } }: Layer): boolean {
  const isOne = (value: unknown) => [value ?? 1].flat().every((each) => each === 1);
  const [height, width] = kernel.shape;
  return (
    height === width &&
    height % 2 === 1 &&
    config.padding === 'same' &&
    config.dataFormat !== 'channelsFirst' &&
    isOne(config.strides) &&
    isOne(config.dilationRate) &&
    isLinear(config.activation)
  );
}

/**
 * A convolution of pooled windows, to be applied to the features before they are pooled:
 * both are linear, so that they can change places. Its kernel [size, size, inputs,
 * outputs] becomes one of a single cell, to size² · outputs channels, which scoreGrid
 * adds up bin by bin.
 */
function convolveBefore(layer: Layer): Layer {
  const { name, shape, values } = layer.weights.kernel;
  const [size, , inputs, outputs] = shape;
  const count = places((size - 1) / 2).length;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < count; place++) {
    for (let i = 0; i < inputs; i++) {
      const from = (place * inputs + i) * outputs;
      moved.set(values.subarray(from, from + outputs), (i * count + place) * outputs);
    }
  }
  const kernel = { name, shape: [1, 1, inputs, count * outputs], values: moved };
  const config = { ...layer.config, kernelSize: [1, 1], filters: count * outputs, useBias: false };
  return { ...layer, config, weights: { kernel } };
}

/** The shape of a layer's kernel. */
function kernelOf(layer: Layer, className: string): number[] {
  return layer.className === className ? layer.weights.kernel.shape : refuse(layer, `expected a ${className}`);
}

/** Two dense layers as one. */
function sideBySide(layers: Layer[]): WindowHead['scores'] {
  const widths = layers.map(({ config }) => config.units as number);
  const columns = widths.reduce((sum, width) => sum + width, 0);
  const [rows] = kernelOf(layers[0], 'Dense');
  const values = new Float32Array(rows * columns);
  const bias = new Float32Array(columns);
  layers.forEach(({ weights }, k) => {
    const first = widths.slice(0, k).reduce((sum, width) => sum + width, 0);
    if (kernelOf(layers[k], 'Dense')[0] !== rows) refuse(layers[k], `expected a kernel for ${rows} inputs`);
    for (let i = 0; i < rows; i++)
      values.set(weights.kernel.values.subarray(i * widths[k], (i + 1) * widths[k]), i * columns + first);
    if (weights.bias) bias.set(weights.bias.values, first);
  });
  return { matrix: new Matrix(values, rows, columns), bias };
}

function inputOf(name: string, size: number, channels: number): Tensor {
  const config = { batchInputShape: [null, size, size, channels] };
  const layer: Layer = { path: name, className: 'InputLayer', config, weights: {}, inner: [], raw: {} };
  return { node: { layer, inputs: [], kwargs: {} }, index: 0 };
}

/** What outputs depend on, each node behind those that it reads. */
function graphOf(inputs: Tensor[], outputs: Tensor[]): Graph {
  const nodes = new Set<Node>();
  const waiting = outputs.map(({ node }) => node);
  while (waiting.length > 0) {
    const node = waiting.at(-1)!;
    const missing = node.inputs.map((input) => input.node).filter((each) => !nodes.has(each));
    if (missing.length > 0) waiting.push(...missing);
    else nodes.add(waiting.pop()!);
  }
  return { inputs, outputs, nodes: [...nodes] };
}
