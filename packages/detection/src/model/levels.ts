import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math';

export interface Levels {
  outputs: [SymbolicTensor, SymbolicTensor, SymbolicTensor];
  /** Pixels of the picture in one cell of each. */
  strides: [number, number, number];
}

/** Multiple of every stride that occurs, to measure strides with. */
const probe = 512;

/** The trunk's three levels; throws where their maps do not line up after pooling the first and deconvolving the last. */
export function levelsOf(trunk: LayersModel, names: readonly string[]): Levels {
  check(trunk.inputs?.length === 1, 'trunk', 'a model with one input', trunk.inputs?.length);
  const inputShape = trunk.inputs[0].shape;
  const free = inputShape.length === 4 && inputShape[1] === null && inputShape[2] === null && inputShape[3] === 3;
  const expected =
    'a model with one input of shape [null, null, null, 3], which trunkOf(model, { levels }) makes of one of fixed size';
  check(free, 'trunk', expected, inputShape);
  const outputs = names.map((name) => outputOf(trunk, name));
  const strides = outputs.map((output, i) => {
    const rows = rowsAt(output);
    check(rows !== null && probe % rows === 0, `levels[${i}]`, 'a map whose stride divides the picture', names[i]);
    return probe / (rows as number);
  });
  const [shallow, middle, deep] = strides;
  const aligned = middle % shallow === 0 && deep % middle === 0;
  const received = names.map((name, i) => `${name}: ${strides[i]}`);
  check(aligned, 'levels', 'three levels whose strides divide one another, shallow to deep', received);
  return { outputs, strides } as Levels;
}

/**
 * What a layer of a model gives in that model: layers that are used elsewhere, too, and models in
 * the model have further outputs. The last one of a layer that the model uses several times.
 */
export function outputOf(model: LayersModel, name: string): SymbolicTensor {
  const layer = model.layers.find((each) => each.name === name);
  check(layer !== undefined, 'levels', `names of layers of the trunk (${nearest(model, name)}, …)`, name);
  const used = layer.inboundNodes.map((_, node) => node).filter((node) => usesNode(model, name, node));
  const output = layer.getOutputAt(used[used.length - 1] ?? 0);
  check(!Array.isArray(output), 'levels', 'layers with one output', name);
  return output as SymbolicTensor;
}

/** Whether the model's graph goes through a layer's node. tfjs keeps the nodes of a graph by these keys. */
export function usesNode(model: LayersModel, layer: string, node: number): boolean {
  return (model as unknown as { containerNodes: Set<string> }).containerNodes.has(`${layer}_ib-${node}`);
}

/** A name of a layer that begins as `name` does, as far as one does. */
function nearest({ layers }: LayersModel, name: string): string {
  const shared = (other: string) => [...other].findIndex((letter, i) => letter !== name[i]) >>> 0;
  return layers.map((layer) => layer.name).reduce((a, b) => (shared(b) > shared(a) ? b : a));
}

/** Height of a layer's map for a picture of `probe` rows, through the chain of first inputs. */
function rowsAt(tensor: SymbolicTensor, known = new Map<number, number | null>()): number | null {
  const { sourceLayer, inputs, id } = tensor;
  if (!inputs || inputs.length === 0) return probe;
  if (!known.has(id)) {
    const shapes = inputs.map((each) => {
      const rows = rowsAt(each, known);
      return [1, rows, rows, each.shape[3]];
    });
    const shape = sourceLayer.computeOutputShape(shapes.length === 1 ? shapes[0] : shapes) as (number | null)[];
    known.set(id, shape.length === 4 ? shape[1] : null);
  }
  return known.get(id) as number | null;
}
