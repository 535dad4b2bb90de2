import { asObject, classOf, layersOf, modelOf, nameOf } from '../model/layerTree.js';
import { hasStates } from '../model/weightFields.js';
import type { Repairs } from './Repairs.js';
import { repairConfig } from './repairConfig.js';
import { repairLayerClass } from './repairLayerClass.js';
import { repairEnds, repairInboundNodes } from './repairNodes.js';
import { layerClasses } from './tfjsClasses.js';

type Json = Record<string, unknown>;

/**
 * The topology of a layers model as tfjs reads it. Throws an Error for what is not one.
 */
export function repairTopology(modelTopology: unknown, repairs: Repairs): Json {
  const root = modelOf(modelTopology);
  if (!root) throw new Error('cannot be repaired: this is not the topology of a layers model.');
  const topology = modelTopology as Json;
  const version = String(topology.keras_version ?? root.keras_version ?? '');
  const isKeras3 = /^3/.test(version) || /"(keras_history|batch_shape)":/.test(JSON.stringify(root));
  const repaired = repairLayer(root, { isKeras3, nested: new Set(), repairs });
  if (root === topology) return repaired;
  return { ...topology, [topology.model_config ? 'model_config' : 'modelConfig']: repaired };
}

interface Context {
  isKeras3: boolean;
  /** The names of the models inside the model that the layer is in. */
  nested: Set<string>;
  repairs: Repairs;
}

function repairLayer(layer: Json, context: Context): Json {
  const { isKeras3, nested, repairs } = context;
  const name = nameOf(layer);
  const within = (each: unknown) => repairLayer(each as Json, context);
  const inbound = 'inbound_nodes' in layer && {
    inbound_nodes: repairInboundNodes(layer.inbound_nodes, name, nested, repairs),
  };
  if (Array.isArray(layer.config)) return { ...layer, ...inbound, config: layer.config.map(within) };
  const config = repairConfig(asObject(layer.config) ?? {}, isKeras3, repairs);
  if (layersOf(layer)) {
    const models = (config.layers as Json[]).filter(layersOf).map(nameOf);
    const inside = { ...context, nested: new Set(isKeras3 ? models : []) };
    const layers = (config.layers as Json[]).map((each) => repairLayer(each, inside));
    const ends = Object.fromEntries(
      ['input_layers', 'output_layers', 'inputLayers', 'outputLayers']
        .filter((key) => key in config)
        .map((key) => [key, repairEnds(config[key], name, inside.nested, repairs)]),
    );
    const isSequential = classOf(layer) === 'Sequential';
    if (isSequential) withInputShape(layers, config.build_input_shape, name, repairs);
    return { ...layer, ...inbound, config: { ...config, ...ends, layers } };
  }
  for (const key of ['layer', 'cell']) if (asObject(config[key])) config[key] = within(config[key]);
  if (Array.isArray(config.cells)) config.cells = config.cells.map(within);
  const repaired = repairLayerClass({ ...layer, ...inbound, config }, isKeras3, repairs);
  const className = classOf(repaired);
  if (!layerClasses.has(className) && !hasStates(className)) {
    const why = className === 'Lambda' ? 'it holds Python code' : 'tfjs does not have it';
    repairs.refuse(`layer '${name}' is a ${className}: ${why}`);
  }
  return repaired;
}

/**
 * tfjs wants to know the input's shape from the first layer; Keras 3 may write it beside
 * the layers.
 */
function withInputShape(layers: Json[], built: unknown, model: string, repairs: Repairs): void {
  const first = layers[0];
  const config = asObject(first?.config);
  if (!config || layersOf(first)) return;
  const isKnown = ['batch_input_shape', 'batchInputShape', 'input_shape', 'inputShape'].some((key) => config[key]);
  const shape = built ?? asObject(first.build_config)?.input_shape;
  if (isKnown || !Array.isArray(shape)) return;
  first.config = { ...config, batch_input_shape: shape };
  repairs.change("the first layer has the input's shape now", model);
}
