import * as tfl from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';
import { checkOwnLayer, checkOwnView } from './ownCopy.js';
import type { Layer, LayerClass } from './tfjsCopy.js';

/** One weight of one layer that can be compressed, and how to reach it. */
export interface Site {
  /**
   * Unique in the model, and the same in every process: the layers' names from the
   * outside in, then the field (`dense_1/kernel`); recurrent cells, whose names tfjs
   * makes up anew, by their place (`lstm_1/cell/recurrentKernel`,
   * `rnn_1/cells/0/kernel`).
   */
  path: string;
  /**
   * The layers that contain the weight, outermost first; the last one owns it. Selectors
   * match any of them.
   */
  layers: Layer[];
  /** The owning layer's field, whose read() the layer computes with. */
  field: string;
  /**
   * The weight itself. Optimizers and model.save reach it through the layer's list of
   * weights.
   */
  variable: tfl.LayerVariable;
  role: 'kernel' | 'bias';
  /**
   * Which output channel a weight belongs to: flat index i to channel floor(i / inner) %
   * count.
   */
  channels: { count: number; inner: number };
}

/** The layer that a weight is one of. */
export function layerOf({ layers }: Pick<Site, 'layers'>): Layer {
  return layers[layers.length - 1];
}

const kernelFields = ['kernel', 'depthwiseKernel', 'pointwiseKernel', 'recurrentKernel', 'embeddings'];
const childFields = ['layer', 'forwardLayer', 'backwardLayer', 'cell'];
/**
 * Fields that hold a layer's kernels, by class name. Sub-classes count too: their kernels
 * are named alike.
 */
const compressibleClasses = new Map<string, readonly string[]>(
  ['Dense', 'Embedding', 'SimpleRNNCell', 'GRUCell', 'LSTMCell', 'ConvLSTM2DCell', 'SeparableConv2D']
    .concat(['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'DepthwiseConv2D'])
    .map((name) => [name, kernelFields]),
);

/**
 * Lets the callbacks, compressible() and strip() find the kernels of a layer class of
 * your own (and of its sub-classes). The layer must compute with `this.<field>.read()`,
 * as the built-in ones do. Call it before fit, in every process.
 *
 * ```js
 * registerCompressible(MyAttention, ['queryKernel', 'valueKernel']);
 * registerCompressible(MyBlock, ['conv1', 'conv2']); // layers that it calls
 * ```
 *
 * @param layerClass Its static className must be set.
 * @param fields Names of the fields that hold the kernels, as addWeight() returned them,
 *   or layers that the layer calls, or lists of such layers.
 * @throws ArgumentError
 */
export function registerCompressible(layerClass: LayerClass, fields: string[]): void {
  const name = (layerClass as unknown as { className?: unknown } | undefined)?.className;
  const isLayer = typeof layerClass === 'function' && layerClass.prototype instanceof tfl.layers.Layer;
  check(
    isLayer && typeof name === 'string',
    'layerClass',
    'a class that extends tf.layers.Layer and has a className',
    name ?? layerClass,
  );
  const areNames = Array.isArray(fields) && fields.length > 0 && fields.every((f) => typeof f === 'string' && f !== '');
  check(areNames, 'fields', "names of fields that hold a kernel, such as ['kernel']", fields);
  compressibleClasses.set(name as string, [...fields]);
}

/**
 * All compressible weights of a built model: kernels of dense, convolution, embedding and
 * recurrent layers and of registered classes, inside nested models, wrappers
 * (TimeDistributed, Bidirectional) and stacked cells too, each shared layer once. Biases
 * are listed with role 'bias'.
 *
 * @throws Error when another copy of this package has its hands on one of them, or a
 *   registered field holds no weight.
 */
export function findSites(model: { layers: Layer[] }): Site[] {
  const sites: Site[] = [];
  eachLayer(model, (chain, path) => sites.push(...sitesOfLayer(chain, path)));
  return sites;
}

/**
 * Kernels that no callback finds: trained matrices of layers whose class is not known. By
 * path, with the class.
 */
export function unknownKernels(model: { layers: Layer[] }): { path: string; className: string }[] {
  const found: { path: string; className: string }[] = [];
  eachLayer(model, (chain, path) => {
    const layer = chain[chain.length - 1];
    if (childrenOf(layer).length > 0 || fieldsOf(layer)) return;
    for (const weight of layer.trainableWeights) {
      if (weight.shape.length < 2) continue;
      found.push({ path: `${path}/${weight.originalName.split('/').pop()}`, className: layer.getClassName() });
    }
  });
  return found;
}

/**
 * Calls `act` with each layer of a model, once, inside nested models, wrappers, stacked
 * cells and registered classes too: with the layers that contain it, outermost first, and
 * itself, and with its path.
 */
export function eachLayer(model: { layers: Layer[] }, act: (chain: Layer[], path: string) => void): void {
  const seen = new Set<Layer>();
  const visit = (layer: Layer, parents: Layer[], path: string): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const chain = [...parents, layer];
    act(chain, path);
    for (const { child, name } of childrenOf(layer)) visit(child, chain, `${path}/${name}`);
  };
  for (const layer of model.layers) visit(layer, [], layer.name);
}

function fieldsOf(layer: Layer): readonly string[] | undefined {
  for (let c = layer.constructor as any; c && c !== tfl.layers.Layer; c = Object.getPrototypeOf(c)) {
    const fields = compressibleClasses.get(c.className);
    if (fields) return fields;
  }
  return undefined;
}

function childrenOf(layer: Layer): { child: Layer; name: string }[] {
  const owner = layer as unknown as Record<string, any>;
  const cells = owner.cell?.cells;
  if (Array.isArray(cells)) return cells.map((child, i) => ({ child, name: `cells/${i}` }));
  const single = childFields
    .filter((field) => owner[field] instanceof tfl.layers.Layer)
    .map((field) => ({ child: owner[field] as Layer, name: field === 'cell' ? field : owner[field].name }));
  const nested = Array.isArray(owner.layers) ? (owner.layers as Layer[]) : [];
  const called = (fieldsOf(layer) ?? []).flatMap((field) => layersIn(owner[field], field));
  return [...single, ...nested.map((child) => ({ child, name: child.name })), ...called];
}

/** The layers that a field of a registered class holds: one, or a list. */
function layersIn(value: unknown, field: string): { child: Layer; name: string }[] {
  if (value instanceof tfl.layers.Layer) return [{ child: value, name: field }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((each, i) => layersIn(each, `${field}/${i}`));
}

function sitesOfLayer(chain: Layer[], path: string): Site[] {
  const layer = chain[chain.length - 1];
  const fields = fieldsOf(layer);
  if (!fields) return [];
  checkOwnLayer(layer);
  const site = (field: string, role: Site['role']): Site[] => {
    const variable = (layer as any)[field] as tfl.LayerVariable | null | undefined;
    if (!variable || layersIn(variable, field).length > 0) return [];
    const original = viewed.get(variable) ?? variable;
    checkOwnView(original);
    if (typeof original.read !== 'function' || !Array.isArray(original.shape)) {
      throw new Error(
        `registerCompressible(): the field '${field}' of ${path} (${layer.getClassName()}) holds no weight.`,
      );
    }
    const channels = channelsOf(layer, field, original.shape as number[]);
    return [{ path: `${path}/${field}`, layers: chain, field, variable: original, role, channels }];
  };
  const kernels = fields.flatMap((field) => site(field, 'kernel'));
  // Built-in layers have one or two of their fields; of fields that the user named, a
  // wrong name must not pass for none.
  const isWrong = kernels.length === 0 && fields !== kernelFields && layer.weights.length > 0;
  if (isWrong && childrenOf(layer).length === 0) {
    throw new Error(
      `registerCompressible(): ${path} (${layer.getClassName()}) has no field ${fields.map((f) => `'${f}'`).join(' or ')}.`,
    );
  }
  return [...kernels, ...site('bias', 'bias')];
}

/** From a view that stands in a layer's field to the variable behind it. */
export const viewed = new WeakMap<object, tfl.LayerVariable>();

export function channelsOf(layer: Layer, field: string, shape: number[]): Site['channels'] {
  const last = shape[shape.length - 1];
  if (field === 'depthwiseKernel') return { count: last * shape[shape.length - 2], inner: 1 };
  const isTransposed = /Transpose$/.test((layer.constructor as any).className);
  if (isTransposed && field === 'kernel') return { count: shape[shape.length - 2], inner: last };
  return { count: last, inner: 1 };
}
