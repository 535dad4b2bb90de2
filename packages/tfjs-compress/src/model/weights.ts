import type { io } from '@tensorflow/tfjs-core';
import { isReal, maskedBy, type StoredWeight, storedAs, storedWeights, valuesOf } from '@tfjs-compress/format/internal';
import { graphConstants, isGraphModel } from './graphKernels.js';
import { type LayerNode, layerTree } from './layerTree.js';
import { matchWeights } from './matchWeights.js';
import { roleOf } from './weightFields.js';

/** A weight of a model. */
export interface Weight {
  /** In the file. */
  name: string;
  /**
   * The layer's name; of a layer in a wrapper (Bidirectional) with the wrapper's before
   * it.
   */
  layer: string;
  /**
   * As the callbacks call it: the layers' names from the outside in, then the field:
   * 'model/lstm/cell/recurrentKernel'.
   */
  path: string;
  /** As tfjs calls it when the model is loaded. */
  tfjsName: string;
  shape: number[];
  /**
   * What the layer computes with, as float32: where a state says that a weight is
   * pruned, 0.
   */
  values: Float32Array;
  /** How it is stored where not as float32: 'uint8', 'float16', 'int32', … */
  storedAs?: string;
  /** Whether pruning and quantization apply to it: a kernel of two dimensions or more. */
  isCompressible: boolean;
  /**
   * Its place in weightSpecs, and that of its state (kernel_state of a Masked… layer), if
   * it has one.
   */
  index: number;
  stateIndex?: number;
}

/**
 * The weights in artifacts, without the optimizer's and without states, in the network's
 * order; strings and complex numbers are left out. Kernels are known by the class and the
 * field of their layer; of a graph model by the operation that takes them.
 */
export function weightsOf(artifacts: io.ModelArtifacts): Weight[] {
  const stored = storedWeights(artifacts);
  const places = isGraphModel(artifacts) ? graphPlaces(artifacts, stored) : layerPlaces(artifacts, stored);
  const states = new Map(places.filter(({ role }) => role === 'state').map((place) => [place.path, place.index]));
  return places
    .filter(({ role, index }) => role !== 'state' && isReal(stored[index].spec))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ role, index, layer, path, tfjsName }): Weight => {
      const { spec } = stored[index];
      const stateIndex = states.get(`${path}State`);
      const as = storedAs(spec);
      return {
        name: spec.name,
        layer,
        path,
        tfjsName,
        shape: spec.shape,
        values: effective(stored, index, stateIndex),
        ...(as !== 'float32' && { storedAs: as }),
        isCompressible: role === 'kernel' && spec.dtype === 'float32' && spec.shape.length > 1,
        index,
        ...(stateIndex !== undefined && { stateIndex }),
      };
    });
}

/** A weight's place in the network. */
interface Place {
  index: number;
  rank: number;
  layer: string;
  path: string;
  tfjsName: string;
  role: 'kernel' | 'state' | 'other';
}

function layerPlaces({ modelTopology, convertedBy }: io.ModelArtifacts, stored: StoredWeight[]): Place[] {
  const nodes = layerTree(modelTopology) ?? [];
  const rankOf = new Map(nodes.map((node, i) => [node, i]));
  const names = layerNames(nodes);
  const specs = stored.map(({ spec }) => spec);
  return matchWeights(specs, nodes, Boolean(convertedBy)).flatMap((match, index): Place[] => {
    const { name, group } = specs[index];
    if (group === 'optimizer') return [];
    const field = match?.field ?? name.slice(name.lastIndexOf('/') + 1);
    const role = roleOf(match?.node.className, field);
    if (!match) return [{ index, rank: nodes.length, layer: parentOf(name), path: name, tfjsName: name, role }];
    const { node } = match;
    const path = [...node.path, camelCase(field)].join('/');
    const tfjsName = `${node.prefix}/${field}`;
    return [{ index, rank: rankOf.get(node)!, layer: names.get(node)!, path, tfjsName, role }];
  });
}

function graphPlaces({ modelTopology }: io.ModelArtifacts, stored: StoredWeight[]): Place[] {
  const { order, kernels } = graphConstants(modelTopology);
  return stored.map(({ spec: { name } }, index) => ({
    index,
    rank: order.get(name) ?? order.size,
    layer: parentOf(name),
    path: name,
    tfjsName: name,
    role: kernels.has(name) ? 'kernel' : 'other',
  }));
}

/**
 * Two nested models may have layers of one name: those are told apart by their whole
 * path.
 */
function layerNames(nodes: LayerNode[]): Map<LayerNode, string> {
  const count = new Map<string, number>();
  for (const { shown } of nodes) count.set(shown.join('/'), (count.get(shown.join('/')) ?? 0) + 1);
  return new Map(
    nodes.map((node) => {
      const short = node.shown.join('/');
      return [node, count.get(short) === 1 ? short : node.path.join('/')];
    }),
  );
}

function parentOf(name: string): string {
  return name.replace(/\/[^/]*$/, '');
}

function camelCase(field: string): string {
  return field.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function effective(stored: StoredWeight[], index: number, stateIndex: number | undefined): Float32Array {
  const values = valuesOf(stored[index]);
  return stateIndex === undefined ? values : maskedBy(values, valuesOf(stored[stateIndex]));
}
