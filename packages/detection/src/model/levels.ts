import { LayersModel, type layers, Sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';
import type { Shape } from '../layers/layer.js';

export interface Levels {
  outputs: [SymbolicTensor, SymbolicTensor, SymbolicTensor];
  /** Pixels of the image in one cell of each. */
  strides: [number, number, number];
}

/** Multiple of every stride that occurs, to measure strides with. */
const probe = 512;

/**
 * The trunk's three levels; throws where their maps do not line up after pooling the
 * first and deconvolving the last.
 */
export function levelsOf(trunk: LayersModel, names: readonly string[]): Levels {
  check(trunk.inputs?.length === 1, 'trunk', 'a model with one input', trunk.inputs?.length);
  const inputShape = trunk.inputs[0].shape;
  const free = inputShape.length === 4 && inputShape[1] === null && inputShape[2] === null && inputShape[3] === 3;
  const expected =
    'a model with one input of shape [null, null, null, 3], which trunkOf(model, { levels }) makes of one of fixed size';
  check(free, 'trunk', expected, inputShape);
  const outputs = names.map((name) => outputOf(trunk, name));
  const strides = outputs.map((output, i) => {
    const [, rows, columns, channels] = shapeAt(output) as number[];
    const isMap = channels > 0 && rows === columns && probe % rows === 0;
    check(isMap, `levels[${i}]`, 'a map whose stride divides the image', names[i]);
    return probe / rows;
  });
  const [shallow, middle, deep] = strides;
  const aligned = middle % shallow === 0 && deep % middle === 0;
  const received = names.map((name, i) => `${name}: ${strides[i]}`);
  check(aligned, 'levels', 'three levels whose strides divide one another, shallow to deep', received);
  return { outputs, strides } as Levels;
}

/**
 * What a layer of a model gives in that model: layers that are used elsewhere, too, and
 * models in the model have further outputs. The last one of a layer that the model uses
 * several times.
 */
export function outputOf(model: LayersModel, name: string): SymbolicTensor {
  const layer = layerNamed(model, name);
  check(layer !== undefined, 'levels', `names of layers of the trunk (${nearest(model, name)}, …)`, name);
  const used = layer.inboundNodes.map((_, node) => node).filter((node) => usesNode(model, name, node));
  const last = used[used.length - 1];
  const output = last === undefined ? (layer as LayersModel).outputs : layer.getOutputAt(last);
  const [only, ...more] = [output].flat();
  check(only !== undefined && more.length === 0, 'levels', 'layers with one output', name);
  return only;
}

/** A layer of the model's graph, or a model that is part of it. */
export function layerNamed(model: LayersModel, name: string): layers.Layer | undefined {
  const inGraph = graphLayers(model);
  // A model that a Sequential begins with is not applied: its own graph is part of the
  // other.
  const parts = (of: LayersModel): layers.Layer[] =>
    of.layers.flatMap((layer) =>
      layer instanceof LayersModel && !inGraph.includes(layer) ? [layer, ...parts(layer)] : [],
    );
  return [...inGraph, ...parts(model)].find((layer) => layer.name === name);
}

/** The layers that a model's graph goes through. */
export function graphLayers(model: LayersModel): layers.Layer[] {
  // A Sequential has no graph before it is used.
  if (model instanceof Sequential && !model.built) model.build();
  const { nodesByDepth } = model as unknown as { nodesByDepth: Record<string, { outboundLayer: layers.Layer }[]> };
  return [...new Set(Object.values(nodesByDepth).flatMap((nodes) => nodes.map((node) => node.outboundLayer)))];
}

/**
 * Whether the model's graph goes through a layer's node. tfjs keeps the nodes of a graph
 * by these keys.
 */
export function usesNode(model: LayersModel, layer: string, node: number): boolean {
  return (model as unknown as { containerNodes: Set<string> }).containerNodes.has(`${layer}_ib-${node}`);
}

/** A name of a layer that begins as `name` does, as far as one does. */
function nearest(model: LayersModel, name: string): string {
  const shared = (other: string) => [...other].findIndex((letter, i) => letter !== name[i]) >>> 0;
  return model.layers.map((layer) => layer.name).reduce((a, b) => (shared(b) > shared(a) ? b : a));
}

/** Shape of a layer's map for an image of `probe` × `probe` pixels. */
function shapeAt(tensor: SymbolicTensor, known = new Map<number, Shape>()): Shape {
  const { sourceLayer, inputs, id } = tensor;
  if (!inputs || inputs.length === 0) return [1, probe, probe, tensor.shape[3]];
  if (!known.has(id)) {
    const shapes = inputs.map((each) => shapeAt(each, known));
    known.set(id, sourceLayer.computeOutputShape(shapes.length === 1 ? shapes[0] : shapes) as Shape);
  }
  return known.get(id) as Shape;
}
