import { asObject } from '../model/layerTree.js';
import type { Repairs } from './Repairs.js';

type Json = Record<string, unknown>;
/**
 * Where a tensor comes from: layer, node, tensor, and in inbound_nodes what else the
 * layer was called with.
 */
type History = [string, number, number, Json?];

/**
 * A layer's inbound_nodes in the form of Keras 2, which tfjs reads; Keras 3 writes the
 * arguments of each call.
 *
 * @param nested The names of models inside the model: in tfjs as in Keras 2 a model's
 *   first node is its own, its first call the second.
 */
export function repairInboundNodes(nodes: unknown, layer: string, nested: Set<string>, repairs: Repairs): unknown {
  if (!Array.isArray(nodes) || !nodes.some((node) => asObject(node)?.args)) return nodes;
  repairs.change('inbound_nodes are in the form of Keras 2 now', layer);
  return nodes.map((node) => {
    const { args, kwargs } = node as { args: unknown[]; kwargs?: Json };
    const others = Object.entries(kwargs ?? {}).filter(([, value]) => value !== null && value !== undefined);
    const tensors = [...tensorsIn(args), ...others.flatMap(([, value]) => tensorsIn(value))];
    const plain = Object.fromEntries(others.filter(([, value]) => tensorsIn(value).length === 0));
    if (hasConstant(args)) repairs.refuse(`layer '${layer}' is called with a constant`);
    return tensors.map(([name, node, tensor]): History => [name, node + Number(nested.has(name)), tensor, plain]);
  });
}

/**
 * input_layers or output_layers as a list, which tfjs reads: Keras 3 writes one alone
 * without a list, and outputs by name as an object.
 *
 * @param nested As in repairInboundNodes(), of a model of Keras 3; else empty.
 */
export function repairEnds(ends: unknown, model: string, nested: Set<string>, repairs: Repairs): unknown {
  const isEnd = (value: unknown): value is History => Array.isArray(value) && typeof value[0] === 'string';
  const list = (value: unknown): History[] => {
    if (isEnd(value)) return [value];
    if (Array.isArray(value)) return value.flatMap(list);
    return Object.values(asObject(value) ?? {}).flatMap(list);
  };
  const isList = Array.isArray(ends) && ends.every(isEnd);
  if (!isList) repairs.change('inputs and outputs of the model are lists now', model);
  return list(ends).map(([name, node, ...rest]) => [name, node + Number(nested.has(name)), ...rest]);
}

function tensorsIn(value: unknown): History[] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  const object = asObject(value);
  if (!object) return [];
  const history = asObject(object.config)?.keras_history;
  if (object.class_name === '__keras_tensor__' && Array.isArray(history)) return [history as History];
  return Object.values(object).flatMap(tensorsIn);
}

/**
 * Whether a positional argument holds something besides tensors: a number that is added,
 * an index.
 */
function hasConstant(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasConstant);
  return value !== null && value !== undefined && asObject(value)?.class_name !== '__keras_tensor__';
}
