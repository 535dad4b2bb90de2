import { camelCased, either, isObject } from './config.js';
import type { Layer } from './Graph.js';
import { refuse } from './UnsupportedLayerError.js';

type Json = Record<string, any>;

/** A model of a topology, its layers not applied yet. */
export interface ModelPlan {
  name: string;
  path: string;
  className: string;
  /** A Sequential: each part reads the one before it. */
  isChain: boolean;
  parts: Part[];
  inputs: Reference[];
  outputs: Reference[];
}

/** A layer or a nested model, and how it is called. */
export interface Part {
  name: string;
  layer?: Layer;
  model?: ModelPlan;
  calls: { from: Reference[]; kwargs: Json }[];
}

/** An output of an application of a layer. */
export type Reference = [layer: string, application: number, output: number];

/** What a layer is called in a file of weights, by layer. */
export type Prefixes = Map<Layer, string>;

/**
 * The model around all others; undefined for what is not the topology of a layers model.
 */
export function rootOf(modelTopology: unknown): Json | undefined {
  if (!isObject(modelTopology)) return undefined;
  const model = either(modelTopology, 'model_config', 'modelConfig') ?? modelTopology;
  return isObject(model) && layersOf(model) ? model : undefined;
}

export function readModel(json: Json, path: string, prefixes: Prefixes, depth = 0): ModelPlan {
  const config: Json = json.config;
  const className = classOf(json);
  const name = nameOf(json);
  const here = { path: path || name, className };
  if (depth > 30) refuse(here, 'models are nested more than 30 deep');
  const parts = layersOf(json)!.map((each): Part => {
    if (!isObject(each)) refuse(here, `a layer has to be an object, received ${each}`);
    const name = nameOf(each);
    const inside = path ? `${path}/${name}` : name;
    const calls: unknown = either(each, 'inbound_nodes', 'inboundNodes') ?? [];
    return {
      name,
      ...(layersOf(each)
        ? { model: readModel(each, inside, prefixes, depth + 1) }
        : { layer: readLayer(each, inside, name, prefixes, depth + 1) }),
      calls: list(calls).map((call) => ({ from: referencesIn(call), kwargs: kwargsOf(call) })),
    };
  });
  return {
    name,
    ...here,
    path,
    isChain: !either(config, 'input_layers', 'inputLayers'),
    parts,
    inputs: references(either(config, 'input_layers', 'inputLayers')),
    outputs: references(either(config, 'output_layers', 'outputLayers')),
  };
}

function readLayer(json: Json, path: string, prefix: string, prefixes: Prefixes, depth: number): Layer {
  const className = classOf(json);
  const raw: Json = isObject(json.config) ? json.config : {};
  const config = camelCased(raw);
  const layer: Layer = { path, className, config, weights: {}, inner: [], raw };
  if (depth > 30) refuse(layer, 'layers are nested more than 30 deep');
  prefixes.set(layer, prefix);
  const within = (each: unknown, name: string, prefix: string) =>
    readLayer(isObject(each) ? each : {}, `${path}/${name}`, prefix, prefixes, depth + 1);
  const wrapped = raw.layer;
  const cell = raw.cell;
  if (className === 'Bidirectional' && isObject(wrapped)) {
    layer.inner = ['forward_', 'backward_'].map((direction) => {
      const name = nameOf(wrapped);
      return within(wrapped, direction + name.replace(/^forward_/, ''), `${prefix}/${direction}${name}`);
    });
    const backward = layer.inner[1].config;
    backward.goBackwards = backward.goBackwards !== true;
  } else if (isObject(wrapped)) {
    // Built under the wrapper's name alone; a model in a wrapper is built before it,
    // under its own names.
    if (!layersOf(wrapped)) layer.inner = [within(wrapped, nameOf(wrapped), prefix)];
  } else if (isObject(cell) || Array.isArray(cell)) {
    const cells = Array.isArray(cell) ? cell : cell.config?.cells;
    layer.inner = Array.isArray(cells)
      ? cells.map((each, i) => within(each, `cells/${i}`, `${prefix}/RNNCell_${i}`))
      : [within(cell, 'cell', prefix)];
  }
  return layer;
}

export function layersOf(json: Json): unknown[] | undefined {
  const isOldSequential = Array.isArray(json.config) && classOf(json) === 'Sequential';
  const layers = isOldSequential ? json.config : json.config?.layers;
  return Array.isArray(layers) ? layers : undefined;
}

function classOf(json: Json): string {
  return String(either(json, 'class_name', 'className') ?? '');
}

function nameOf(json: Json): string {
  return String(json.config?.name ?? json.name ?? '');
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One alone may stand without a list around it, several in an object. */
function references(value: unknown): Reference[] {
  return isObject(value)
    ? references(Object.values(value))
    : list(typeof list(value)[0] === 'string' ? [value] : value).map(reference);
}

function reference(value: unknown): Reference {
  const [layer, application = 0, output = 0] = list(value) as Reference;
  return [layer, application, output];
}

/**
 * Of a call: a list of references, or as Keras 3 writes it, arguments with tensors
 * somewhere in them.
 */
function referencesIn(call: unknown): Reference[] {
  if (!isObject(call)) return references(call);
  const found: Reference[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 10 || typeof value !== 'object' || value === null) return;
    const history = isObject(value) && value.config?.keras_history;
    if (history) found.push(reference(history));
    else for (const each of Object.values(value)) visit(each, depth + 1);
  };
  visit([call.args, call.kwargs?.initial_state], 0);
  return found;
}

function kwargsOf(call: unknown): Json {
  const kwargs = isObject(call) ? call.kwargs : list(list(call).at(-1))[3];
  return isObject(kwargs) ? camelCased(kwargs) : {};
}
