import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inputsFor, outputsOf, relativeError, saved } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/Graph.js';
import { readGraph } from '../graph/readGraph.js';
import { randomize, topologies } from '../testing/models.js';
import { toModel } from '../testing/toModel.js';
import { dropNoOps } from './dropNoOps.js';
import { foldBatchNormalization } from './foldBatchNormalization.js';
import { fuseActivations } from './fuseActivations.js';
import { optimize } from './optimize.js';
import { shapesOf } from './shapes.js';

const { sequential, layers } = tfl;

function chain(inputShape: number[], ...rest: tfl.layers.Layer[]): tfl.LayersModel {
  return sequential({ layers: [layers.inputLayer({ inputShape }), ...rest] });
}

const norm = (args = {}) => layers.batchNormalization(args);
const classes = (graph: Graph) => graph.nodes.map(({ layer }) => layer.className).join(' ');

/**
 * The classes that are left, after a comparison of the outputs, which keep the names of
 * their layers.
 */
async function after(model: tfl.LayersModel, pass: (graph: Graph) => Graph): Promise<string> {
  const graph = readGraph(await saved(randomize(model)));
  const before = JSON.stringify(graph.nodes.map(({ layer: { config } }) => config));
  const result = pass(graph);
  expect(JSON.stringify(graph.nodes.map(({ layer: { config } }) => config))).toBe(before);
  const names = ({ outputs }: Graph) => outputs.map(({ node }) => node.layer.path);
  expect(names(result)).toEqual(names(graph));
  const inputs = inputsFor(model);
  const received = outputsOf(toModel(result), inputs);
  outputsOf(toModel(graph), inputs).forEach((expected, i) => {
    expect(relativeError(received[i], expected)).toBeLessThan(1e-5);
  });
  return classes(result);
}

describe('dropNoOps', () => {
  it('takes out what only training needs, and linear activations', async () => {
    const model = chain(
      [4, 3],
      layers.dropout({ rate: 0.5 }),
      layers.spatialDropout1d({ rate: 0.5 }),
      layers.gaussianNoise({ stddev: 1 }),
      layers.dense({ units: 2 }),
      layers.gaussianDropout({ rate: 0.5 }),
      layers.alphaDropout({ rate: 0.5 }),
      layers.activation({ activation: 'linear' }),
      layers.flatten(),
    );
    expect(await after(model, dropNoOps)).toBe('InputLayer Dense Flatten');
  });

  it('takes out the inputs of nested models', async () => {
    expect(await after(topologies['nested and shared models'](), dropNoOps)).not.toMatch(/ InputLayer.* InputLayer/);
  });
});

describe('foldBatchNormalization', () => {
  const cases: [string, () => tfl.LayersModel, string][] = [
    ['dense', () => chain([3], layers.dense({ units: 4 }), norm(), norm({ center: false })), 'Dense'],
    [
      'dense on a sequence',
      () => chain([5, 3], layers.dense({ units: 4, useBias: false }), norm({ axis: 2 })),
      'Dense',
    ],
    ['conv1d', () => chain([9, 3], layers.conv1d({ filters: 4, kernelSize: 3 }), norm()), 'Conv1D'],
    ['conv2d', () => chain([6, 6, 3], layers.conv2d({ filters: 4, kernelSize: 3, useBias: false }), norm()), 'Conv2D'],
    [
      'transposed',
      () => chain([4, 4, 3], layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), norm({ axis: 3 })),
      'Conv2DTranspose',
    ],
    [
      'depthwise',
      () => chain([6, 6, 3], layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), norm({ scale: false })),
      'DepthwiseConv2D',
    ],
    [
      'separable',
      () => chain([6, 6, 3], layers.separableConv2d({ filters: 4, kernelSize: 3 }), norm()),
      'SeparableConv2D',
    ],
  ];
  for (const [name, model, left] of cases)
    it(`into ${name}`, async () => {
      expect(await after(model(), foldBatchNormalization)).toBe(`InputLayer ${left}`);
    });

  it('not over another axis, behind an activation, or into a layer that others read or use', async () => {
    const conv = () => layers.conv2d({ filters: 6, kernelSize: 1 });
    expect(await after(chain([6, 6, 3], conv(), norm({ axis: 1 })), foldBatchNormalization)).toMatch(/Batch/);
    const active = layers.dense({ units: 2, activation: 'relu' });
    expect(await after(chain([3], active, norm()), foldBatchNormalization)).toMatch(/Batch/);
    const x = tfl.input({ shape: [3] });
    const dense = layers.dense({ units: 3 });
    const once = dense.apply(x) as tfl.SymbolicTensor;
    const normalized = norm().apply(once) as tfl.SymbolicTensor;
    const read = tfl.model({ inputs: x, outputs: [once, normalized] });
    expect(await after(read, foldBatchNormalization)).toMatch(/Batch/);
    const used = tfl.model({ inputs: x, outputs: dense.apply(normalized) as tfl.SymbolicTensor });
    expect(await after(used, foldBatchNormalization)).toMatch(/Batch/);
  });
});

describe('fuseActivations', () => {
  const activations = [
    layers.activation({ activation: 'tanh' }),
    layers.activation({ activation: 'softmax' }),
    layers.reLU({ maxValue: 0.5 }),
    layers.leakyReLU({ alpha: 0.1 }),
    layers.elu(),
    layers.thresholdedReLU({ theta: 0.3 }),
  ];
  for (const activation of activations)
    it(`takes in ${activation.getClassName()}`, async () => {
      expect(await after(chain([3], layers.dense({ units: 4 }), activation), fuseActivations)).toBe('InputLayer Dense');
    });

  it('leaves a second activation', async () => {
    const active = layers.dense({ units: 2, activation: 'relu' });
    const second = layers.activation({ activation: 'sigmoid' });
    expect(await after(chain([3], active, second), fuseActivations)).toMatch(/Activation/);
  });
});

describe('optimize', () => {
  it('leaves a convolution of a usual block', async () => {
    const conv = layers.conv2d({ filters: 4, kernelSize: 3, useBias: false });
    const model = chain([6, 6, 3], conv, norm(), layers.dropout({ rate: 0.1 }), layers.reLU());
    expect(await after(model, optimize)).toBe('InputLayer Conv2D');
  });

  for (const [name, make] of Object.entries(topologies))
    it(`computes the same: ${name}`, async () => {
      expect(await after(make(), optimize)).not.toBe('');
    });
});

it('knows the shapes that tfjs does, where it knows any', async () => {
  for (const make of Object.values(topologies)) {
    const graph = readGraph(await saved(make()));
    const known = shapesOf(graph);
    const outputs = graph.nodes.filter((node) => known.get(node)).map((node) => ({ node, index: 0 }));
    expect(outputs.length).toBeGreaterThan(0);
    const all = toModel({ ...graph, outputs });
    // Here a size that Reshape has to find can be known where tfjs leaves it open.
    const ours = outputs.map(({ node }, i) => known.get(node)!.map((size, j) => all.outputs[i].shape[j] && size));
    expect(ours).toEqual(all.outputs.map(({ shape }) => shape));
    tf.dispose(all.getWeights());
  }
});
