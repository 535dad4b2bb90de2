import * as tfl from '@tensorflow/tfjs-layers';
import type { Layer } from './tfjsCopy.js';

/** One weight of one layer that can be compressed, and how to reach it. */
export interface Site {
  /** Unique in the model: the layers' names from the outside in, then the field: `lstm/lstm_cell/recurrentKernel`. */
  path: string;
  /** The layers that contain the weight, outermost first; the last one owns it. Selectors match any of them. */
  layers: Layer[];
  /** The owning layer's field, whose read() the layer computes with. */
  field: string;
  /** The weight itself. Optimizers and model.save reach it through the layer's list of weights. */
  variable: tfl.LayerVariable;
  role: 'kernel' | 'bias';
  /** Which output channel a weight belongs to: flat index i to channel floor(i / inner) % count. */
  channels: { count: number; inner: number };
}

const kernelFields = ['kernel', 'depthwiseKernel', 'pointwiseKernel', 'recurrentKernel', 'embeddings'];
const childFields = ['layer', 'forwardLayer', 'backwardLayer', 'cell'];
/** Sub-classes of these two families count too; their kernels are named alike. */
const compressibleClasses = new Set(
  ['Dense', 'Embedding', 'SimpleRNNCell', 'GRUCell', 'LSTMCell', 'ConvLSTM2DCell', 'SeparableConv2D'].concat([
    'Conv1D',
    'Conv2D',
    'Conv3D',
    'Conv2DTranspose',
    'Conv3DTranspose',
    'DepthwiseConv2D',
  ]),
);

/**
 * All compressible weights of a built model: kernels of dense, convolution, embedding and recurrent layers, inside
 * nested models, wrappers (TimeDistributed, Bidirectional) and stacked cells too, each shared layer once. Biases are
 * listed with role 'bias'.
 */
export function findSites(model: tfl.LayersModel): Site[] {
  const sites: Site[] = [];
  const seen = new Set<Layer>();
  const visit = (layer: Layer, parents: Layer[]): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const chain = [...parents, layer];
    if (isCompressible(layer)) sites.push(...sitesOfLayer(chain));
    for (const child of childrenOf(layer)) visit(child, chain);
  };
  for (const layer of model.layers) visit(layer, []);
  return sites;
}

function isCompressible(layer: Layer): boolean {
  for (let c = layer.constructor as any; c && c !== tfl.layers.Layer; c = Object.getPrototypeOf(c)) {
    if (compressibleClasses.has(c.className)) return true;
  }
  return false;
}

function childrenOf(layer: Layer): Layer[] {
  const owner = layer as unknown as Record<string, unknown>;
  const single = childFields.map((field) => owner[field]).filter((child) => child instanceof tfl.layers.Layer);
  const lists = ['layers', 'cells'].flatMap((field) => (Array.isArray(owner[field]) ? (owner[field] as Layer[]) : []));
  return [...(single as Layer[]), ...lists];
}

function sitesOfLayer(chain: Layer[]): Site[] {
  const layer = chain[chain.length - 1];
  const names = chain.map((l) => l.name).join('/');
  const site = (field: string, role: Site['role']): Site[] => {
    const variable = (layer as any)[field] as tfl.LayerVariable | null | undefined;
    if (!variable) return [];
    const original = viewed.get(variable) ?? variable;
    const channels = channelsOf(layer, field, original.shape as number[]);
    return [{ path: `${names}/${field}`, layers: chain, field, variable: original, role, channels }];
  };
  return [...kernelFields.flatMap((field) => site(field, 'kernel')), ...site('bias', 'bias')];
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
