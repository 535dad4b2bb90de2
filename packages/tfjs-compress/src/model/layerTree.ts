import { recurrentClasses, stockClass } from './weightFields.js';

/** A layer with weights of its own, as a topology describes it. */
export interface LayerNode {
  className: string;
  /** As in the topology: keys in the spelling of the file. */
  config: Record<string, unknown>;
  /**
   * The names of what contains the layer, from the outside in, the layer's own last: as
   * in the callbacks' paths.
   */
  path: string[];
  /** Those of them that are layers of their own: without nested models and cells. */
  shown: string[];
  /** Names that a weight's name may hold: one of these has to be there. */
  names: string[];
  /** Names of nested models and cells, which may be there, too. */
  optionalNames: string[];
  /** What tfjs calls its weights in a file, before the field. */
  prefix: string;
  /**
   * What .keras files call it: by classes, whatever the names are ('sequential/dense_1',
   * 'bidirectional/forward_layer/cell').
   */
  kerasPath: string;
}

type Json = Record<string, unknown>;

/**
 * The layers of a layers model's topology in the network's order, nested models, wrappers
 * and cells taken apart, each shared layer once. Reads what tfjs and Keras write:
 * snake_case and camelCase, `model_config` inside or not, a Sequential whose config is a
 * bare list.
 *
 * @returns undefined for what is not the topology of a layers model.
 */
export function layerTree(modelTopology: unknown): LayerNode[] | undefined {
  const root = modelOf(modelTopology);
  if (!root) return undefined;
  const nodes: LayerNode[] = [];
  visitAll(layersOf(root) ?? [], { path: [], shown: [], names: [], optional: [nameOf(root)], keras: [] }, nodes);
  return nodes;
}

/** The outermost model in a topology: its class and config. */
export function modelOf(modelTopology: unknown): Json | undefined {
  const topology = asObject(modelTopology);
  const model = asObject(topology?.model_config) ?? asObject(topology?.modelConfig) ?? topology;
  return model && layersOf(model) ? model : undefined;
}

/** The layers of a model; undefined for what is not one. */
export function layersOf(layer: Json): Json[] | undefined {
  const config = layer.config;
  const layers = Array.isArray(config) ? config : asObject(config)?.layers;
  return Array.isArray(layers) ? layers.filter((each): each is Json => asObject(each) !== undefined) : undefined;
}

export function classOf(layer: Json): string {
  return String(layer.class_name ?? layer.className ?? '');
}

export function nameOf(layer: Json): string {
  return String(asObject(layer.config)?.name ?? layer.name ?? '');
}

export function asObject(value: unknown): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The layers of one model; .keras files number those of a class. */
function visitAll(layers: Json[], around: Around, nodes: LayerNode[]): void {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const alias = snakeCase(classOf(layer));
    const count = counts.get(alias) ?? 0;
    counts.set(alias, count + 1);
    visit(layer, { ...around, keras: [...around.keras, count > 0 ? `${alias}_${count}` : alias] }, nodes);
  }
}

/** As Keras does it: Conv2DTranspose is conv2d_transpose, LSTMCell lstm_cell. */
function snakeCase(className: string): string {
  const parts = className.replace(/(.)([A-Z][a-z]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
  return parts.toLowerCase();
}

interface Around {
  path: string[];
  shown: string[];
  names: string[];
  optional: string[];
  keras: string[];
}

function visit(layer: Json, around: Around, nodes: LayerNode[]): void {
  const name = nameOf(layer);
  const className = classOf(layer);
  const config = asObject(layer.config) ?? {};
  const nested = layersOf(layer);
  if (nested) {
    const inside = { ...around, path: [...around.path, name], optional: [...around.optional, name] };
    visitAll(nested, inside, nodes);
    return;
  }
  const here = {
    ...around,
    path: [...around.path, name],
    shown: [...around.shown, name],
    names: [...around.names, name],
  };
  const wrapped = asObject(config.layer);
  if (wrapped) {
    visitWrapped(className, wrapped, asObject(config.backward_layer ?? config.backwardLayer), here, nodes);
    return;
  }
  const cells = cellsOf(config);
  if (cells) {
    cells.list.forEach((cell, i) => {
      const path = cells.isStacked ? ['cells', String(i)] : ['cell'];
      const scope = `RNNCell_${i}`;
      const ofClass = cells.list.slice(0, i).filter((each) => classOf(each) === classOf(cell)).length;
      const cellName = `${snakeCase(classOf(cell))}${ofClass > 0 ? `_${ofClass}` : ''}`;
      const keras = [...here.keras, 'cell', ...(cells.isStacked ? ['cells', cellName] : [])];
      nodes.push({
        ...leaf(cell, { ...here, keras, path: [...here.path, ...path] }),
        shown: cells.isStacked ? [...here.shown, `cells/${i}`] : here.shown,
        optionalNames: [...here.optional, ...(cells.isStacked ? [scope] : []), nameOf(cell)],
        prefix: [...here.names, ...(cells.isStacked ? [scope] : [])].join('/'),
      });
    });
    return;
  }
  const cell = recurrentClasses.has(stockClass(className)) ? ['cell'] : [];
  nodes.push(leaf(layer, { ...here, path: [...here.path, ...cell], keras: [...here.keras, ...cell] }));
}

function leaf(layer: Json, { path, shown, names, optional, keras }: Around): LayerNode {
  return {
    className: classOf(layer),
    config: asObject(layer.config) ?? {},
    path,
    shown,
    names,
    optionalNames: optional,
    prefix: names.join('/'),
    kerasPath: keras.join('/'),
  };
}

/**
 * Bidirectional has its layer twice, under names of its own; what is in another wrapper
 * has the wrapper's name in files.
 */
function visitWrapped(
  className: string,
  wrapped: Json,
  backward: Json | undefined,
  here: Around,
  nodes: LayerNode[],
): void {
  if (className === 'Bidirectional') {
    const plain = nameOf(wrapped).replace(/^forward_/, '');
    for (const [direction, given] of [
      ['forward', wrapped],
      ['backward', backward ?? wrapped],
    ] as const) {
      // tfjs puts the direction before the name that it finds; Keras 3 has it there
      // already, and files without the wrapper's name.
      const renamed = { ...given, config: { ...asObject(given.config), name: `${direction}_${nameOf(wrapped)}` } };
      const before = nodes.length;
      visit(renamed, { ...here, keras: [...here.keras, `${direction}_layer`] }, nodes);
      for (const node of nodes.slice(before)) node.names = [...node.names, `${direction}_${plain}`];
    }
    return;
  }
  const before = nodes.length;
  visit(wrapped, { ...here, keras: [...here.keras, 'layer'] }, nodes);
  // A layer in TimeDistributed is built under the wrapper's name alone, one in a model
  // inside it under its own.
  for (const node of nodes.slice(before)) {
    const isModel = layersOf(wrapped) !== undefined;
    node.prefix = isModel ? node.names.at(-1)! : here.names.join('/');
    if (!isModel) node.shown = here.shown;
  }
}

function cellsOf(config: Json): { list: Json[]; isStacked: boolean } | undefined {
  if (Array.isArray(config.cells)) return { list: config.cells as Json[], isStacked: true };
  const cell = asObject(config.cell);
  if (!cell) return undefined;
  const stacked = asObject(cell.config)?.cells;
  return Array.isArray(stacked) ? { list: stacked as Json[], isStacked: true } : { list: [cell], isStacked: false };
}
