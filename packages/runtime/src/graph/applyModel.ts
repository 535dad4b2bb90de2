import { either } from './config.js';
import type { Graph, Layer, Node, Tensor } from './Graph.js';
import type { ModelPlan, Part, Reference } from './readTopology.js';
import { refuse } from './UnsupportedLayerError.js';

/** The outputs of one application of a layer or model. */
type Outputs = (index: number) => Tensor | undefined;

/**
 * How many applications are left to a topology: nested models that call another twice
 * double them at each level.
 */
export interface Budget {
  nodes: number;
}

interface Growing extends Graph {
  budget: Budget;
}

/** The graph of a model, nested ones taken apart; only what its outputs depend on. */
export function applyModel(plan: ModelPlan, budget: Budget): Graph {
  const graph: Growing = { inputs: [], outputs: [], nodes: [], budget };
  graph.outputs = call(plan, undefined, graph);
  const needed = new Set([...graph.inputs, ...graph.outputs].map(({ node }) => node));
  for (const node of [...graph.nodes].reverse())
    if (needed.has(node)) for (const input of node.inputs) needed.add(input.node);
  const { inputs, outputs, nodes } = graph;
  return { inputs, outputs, nodes: nodes.filter((node) => needed.has(node)) };
}

/**
 * @param given What a nested model is applied to; undefined for the outermost, whose
 *   inputs are the graph's.
 */
function call(plan: ModelPlan, given: Tensor[] | undefined, graph: Growing): Tensor[] {
  const outputs = plan.isChain ? callChain(plan, given, graph) : callGraph(plan, given, graph);
  if (outputs.length === 0) refuse({ ...plan, path: plan.path || plan.name }, 'has no outputs');
  return outputs;
}

function add(graph: Growing, layer: Layer, inputs: Tensor[], kwargs: Record<string, unknown>): Node {
  if (graph.budget.nodes-- <= 0) refuse(layer, 'the model applies its layers too many times');
  const node = { layer, inputs, kwargs };
  graph.nodes.push(node);
  return node;
}

/** @param from What it passes on, in a nested model. */
function addInput(graph: Growing, layer: Layer, from: Tensor | undefined): Tensor {
  const tensor = { node: add(graph, layer, from ? [from] : [], {}), index: 0 };
  layer.config.batchInputShape = inputShapeOf(layer);
  if (!from) graph.inputs.push(tensor);
  return tensor;
}

function isInput({ layer }: Part): boolean {
  return layer?.className === 'InputLayer';
}

function callChain({ parts, path, name, className }: ModelPlan, given: Tensor[] | undefined, graph: Growing): Tensor[] {
  let current = given;
  parts.forEach((part, i) => {
    const { layer, model } = part;
    if (i === 0 && isInput(part)) current = [addInput(graph, layer!, given?.[0])];
    else if (model) current = call(model, current, graph);
    else {
      if (i === 0) current = [addInput(graph, inputFor(layer!), given?.[0])];
      current = [{ node: add(graph, layer!, current!, {}), index: 0 }];
    }
    if (current!.length !== 1)
      refuse({ path: path || name, className }, 'its layers need one input and one output each');
  });
  return current ?? [];
}

/** The input of a Sequential that names none: its first layer says the shape. */
function inputFor(layer: Layer): Layer {
  const { config, path } = layer;
  return {
    ...layer,
    path: `${path}_input`,
    className: 'InputLayer',
    config: { name: `${config.name}_input`, batchInputShape: inputShapeOf(layer), dtype: config.dtype },
    inner: [],
  };
}

/** What tfjs and the versions of Keras call it, without the batch or with it. */
function inputShapeOf(layer: Layer): (number | null)[] {
  const { config, className } = layer;
  const { batchSize = null, inputShape, inputDim, inputLength = null } = config;
  const sizes = inputShape ?? (className === 'Embedding' ? [inputLength].flat() : inputDim && [inputDim]);
  const shape = either(config, 'batchInputShape', 'batchShape') ?? (sizes && [batchSize, sizes].flat());
  const isSize = (size: unknown) => size === null || (Number.isSafeInteger(size) && (size as number) >= 0);
  if (!Array.isArray(shape) || !shape.every(isSize))
    refuse(layer, `its batchInputShape has to be a list of sizes, received ${JSON.stringify(shape)}`);
  return shape;
}

function callGraph(plan: ModelPlan, given: Tensor[] | undefined, graph: Growing): Tensor[] {
  const applications = new Map<string, Outputs[]>();
  const models = new Set<string>();
  const at = ([name, application, output]: Reference): Tensor | undefined =>
    // A model's first application is the one to its own inputs, which files do not name.
    applications.get(name)?.[models.has(name) ? Math.max(0, application - 1) : application]?.(output);
  for (const { name, layer, model } of plan.parts) {
    if (applications.has(name)) refuse(layer ?? model!, 'another layer of the model has the same name');
    applications.set(name, []);
    if (model) models.add(name);
  }
  const layers = new Map(plan.parts.map((part) => [part.name, part]));
  const where = { path: plan.path || plan.name, className: plan.className };
  if (given && given.length !== plan.inputs.length)
    refuse(where, `has ${plan.inputs.length} inputs, received ${given.length}`);
  plan.inputs.forEach(([name], i) => {
    const part = layers.get(name);
    if (!part || !isInput(part)) refuse(where, `its input '${name}' is not an InputLayer of it`);
    const tensor = addInput(graph, part.layer!, given?.[i]);
    applications.get(name)![0] ??= (index) => (index === 0 ? tensor : undefined);
  });
  let waiting = plan.parts.flatMap((part) => part.calls.map((call) => ({ part, ...call })));
  for (let before = -1; waiting.length !== before; ) {
    before = waiting.length;
    // As tfjs does it: rounds over the layers in their order, which numbers the
    // applications of shared ones.
    waiting = waiting.filter(({ part, from, kwargs }) => {
      const inputs = from.map(at);
      if (!inputs.every((input) => input !== undefined)) return true;
      applications.get(part.name)!.push(apply(part, inputs, kwargs, graph));
      return false;
    });
  }
  const missing = ([name, application, output]: Reference, who: { path: string; className: string }): never =>
    refuse(
      who,
      applications.has(name)
        ? `output ${output} of application ${application} of '${name}' does not exist, or depends on itself`
        : `'${name}' is not a layer of its model`,
    );
  for (const { part, from } of waiting) missing(from.find((each) => !at(each))!, part.layer ?? part.model!);
  return plan.outputs.map((output) => at(output) ?? missing(output, where));
}

function apply({ layer, model }: Part, inputs: Tensor[], kwargs: Record<string, unknown>, graph: Growing): Outputs {
  if (model) {
    const outputs = call(model, inputs, graph);
    return (index) => outputs[index];
  }
  if (inputs.length === 0) refuse(layer!, 'is applied to nothing');
  const node = add(graph, layer!, inputs, kwargs);
  const { returnState } = (layer!.inner[0] ?? layer!).config;
  const isOne = !returnState && !layer!.config.returnState && layer!.className !== 'Bidirectional';
  return (index) => (Number.isInteger(index) && index >= 0 && !(isOne && index > 0) ? { node, index } : undefined);
}
