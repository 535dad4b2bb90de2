import { maskedBy, stockClassOf } from '@tfjs-compress/format/internal';
import { sizeOf } from '../program/Value.js';
import { applyModel, type Budget } from './applyModel.js';
import { snakeCase } from './config.js';
import type { Graph, Layer, Weight } from './Graph.js';
import { fieldsOf } from './layerWeights.js';
import { layersOf, type Prefixes, readModel, rootOf } from './readTopology.js';
import { type ColumnLists, type NamedWeight, readWeights, type WeightSpec } from './readWeights.js';
import { refuse } from './UnsupportedLayerError.js';

/** What readGraph needs of tfjs's ModelArtifacts. */
export interface GraphArtifacts {
  modelTopology?: unknown;
  format?: string;
  weightSpecs?: WeightSpec[];
  userDefinedMetadata?: unknown;
  weightData?: ArrayBuffer | ArrayBufferView | (ArrayBuffer | ArrayBufferView)[];
  /** Of each weight, where it is not 0: see readWeights. */
  lists?: (ColumnLists | undefined)[];
}

/**
 * The graph of a layers model, its weights found by their names as tfjs finds them.
 * Layers of a class that is not known come without weights: who runs the graph refuses
 * them.
 *
 * @param weights One at a time; by default those of the artifacts.
 * @throws UnsupportedLayerError with the layer's path where the topology or a weight does
 *   not fit; Error for artifacts that are not those of a layers model.
 */
export function readGraph(artifacts: GraphArtifacts, weights?: Iterable<NamedWeight>): Graph {
  const { modelTopology, format, weightSpecs = [], weightData, lists } = artifacts;
  const root = rootOf(modelTopology);
  if (!root)
    throw new Error(
      format === 'graph-model' || Array.isArray((modelTopology as any)?.node)
        ? 'this is a graph model (tf.GraphModel); only layers models (tf.LayersModel) can be read.'
        : 'the artifacts have no topology of a layers model.',
    );
  const prefixes: Prefixes = new Map();
  const plan = readModel(root, '', prefixes);
  const budget: Budget = { nodes: 10_000 };
  const graph = applyModel(plan, budget);
  fill(graph, { prefixes, budget, name: plan.name }, byName(weights ?? readWeights(weightSpecs, weightData, lists)));
  return graph;
}

/**
 * Under its name, and without the last but one part of it, where Keras has the name of a
 * cell.
 */
function byName(weights: Iterable<NamedWeight>): Map<string, NamedWeight[]> {
  const found = new Map<string, NamedWeight[]>();
  const short: [string, NamedWeight][] = [];
  const enter = (name: string, weight: NamedWeight) => {
    if (found.get(name)?.push(weight) === undefined) found.set(name, [weight]);
  };
  for (const weight of weights) {
    enter(weight.name, weight);
    short.push([weight.name.replace(/[^/]*\/([^/]*)$/, '$1'), weight]);
  }
  for (const [name, weight] of short) if (!found.get(name)?.includes(weight)) enter(name, weight);
  return found;
}

interface Names {
  prefixes: Prefixes;
  budget: Budget;
  name: string;
}

function fill(graph: Graph, names: Names, stored: Map<string, NamedWeight[]>): void {
  const done = new Set<Layer>();
  const visit = (layer: Layer) => {
    if (done.has(layer)) return;
    done.add(layer);
    const stock = stockClassOf(layer.className);
    layer.className = stock ?? layer.className;
    const prefix = names.prefixes.get(layer)!;
    const { path } = layer;
    const take = (field: string, index: number): NamedWeight | undefined => {
      const ends = [snakeCase(field), ...(index >= 0 ? [String(index)] : [])];
      // tfjs names no models, Keras all; in Keras 3 a direction stands without its
      // wrapper.
      for (const start of [`${names.name}/${path}`, path, prefix, path.slice(path.lastIndexOf('/') + 1)])
        for (const end of ends) {
          // Names repeat where cells are stacked; each layer takes the next, in the order
          // of the file.
          const named = stored.get(`${start}/${end}`);
          if (named?.length) return named.length > 1 ? named.shift() : named[0];
        }
      return undefined;
    };
    fieldsOf(layer.className, layer.config).forEach(([field, wanted], i) => {
      const weight = take(field, i);
      const name = `${prefix}/${snakeCase(field)}`;
      if (!weight) refuse(layer, `its weight '${name}' of shape ${shown(wanted)} is not in the file`);
      check(layer, weight, wanted);
      const state = stock && /kernel/i.test(field) ? take(`${field}State`, -1) : undefined;
      layer.weights[field] = state ? { ...weight, values: maskedBy(weight.values, state.values) } : weight;
    });
    layer.inner.forEach(visit);
  };
  for (const { layer } of graph.nodes) {
    visit(layer);
    const wrapped = layer.raw.layer;
    if (layer.className === 'TimeDistributed' && !layer.model && layersOf(wrapped ?? {})) {
      const plan = readModel(wrapped, layer.path, names.prefixes);
      layer.model = applyModel(plan, names.budget);
      fill(layer.model, names, stored);
    }
  }
}

function check(layer: Layer, { name, shape, values }: Weight, wanted: number[]): void {
  const fits = shape.length === wanted.length && wanted.every((each, i) => each === 0 || each === shape[i]);
  if ((wanted.length > 0 && !fits) || sizeOf(shape) !== values.length)
    refuse(layer, `its weight '${name}' has shape ${shown(shape)}, expected ${shown(wanted)}`);
}

function shown(shape: number[]): string {
  return shape.length ? `[${shape.map((each) => (each === 0 ? 'any' : each))}]` : 'as its input';
}
