import type { Graph, Layer, Node, Tensor } from '../graph/Graph.js';
import { axisOf, mixed } from './axes.js';
import { type Axis, Channels } from './Channels.js';
import { functionOf } from './constant.js';
import { type Mixing, mixingOf } from './mixing.js';
import { shapesOf } from './shapes.js';

/** Which channels of a graph can go. */
export interface Units {
  channels: Channels;
  /** Of each node's first output and first input, where they are known. */
  outputs: Map<Node, Axis>;
  inputs: Map<Node, Axis>;
  /**
   * Of layers that mix channels: how, and the constants in their input (where a layer is
   * shared, in all of them).
   */
  mixings: Map<Layer, { mixing: Mixing; constants: number[] }>;
}

/**
 * Channels of all tensors together. Only a hostile model has more, and keeps what is
 * beyond.
 */
const mostChannels = 2 ** 24;

/**
 * Finds the channels that nobody reads, and those that hold a constant, which goes into a
 * bias instead.
 *
 * Channels that can only go together count as one: both sides of an addition, a channel
 * and its normalization, all uses of a shared layer. The way down collects them, and the
 * constants in them. Then everything stays that an output of the model needs, or a weight
 * of what stays.
 */
export function findDeadUnits(graph: Graph): Units {
  const units: Units = { channels: new Channels(), outputs: new Map(), inputs: new Map(), mixings: new Map() };
  const { channels, outputs, inputs } = units;
  const shapes = shapesOf(graph);
  const first = new Map<Layer, Node>();
  const axisAt = ({ node, index }: Tensor) => (index === 0 ? outputs.get(node) : undefined);
  let left = mostChannels;
  for (const node of graph.nodes) {
    const axes = node.inputs.map(axisAt);
    left -= shapes.get(node)?.at(-1) ?? axes[0]?.ids.length ?? 0;
    const output = left > 0 ? (mix(units, node, axes, shapes) ?? pass(units, node, axes, shapes)) : undefined;
    if (left <= 0) for (const axis of axes) channels.keepAll(axis, node);
    if (axes[0] && !inputs.has(node)) inputs.set(node, axes[0]);
    if (output) outputs.set(node, output);
    const before = first.get(node.layer);
    first.set(node.layer, node);
    if (before && hasSize(node.layer))
      for (const axes of [inputs, outputs]) channels.tie([axes.get(before), axes.get(node)], node);
  }
  for (const output of graph.outputs) channels.keepAll(axisAt(output), output.node);
  keepNeeded(graph, units);
  return units;
}

/**
 * Whether a layer says the size of its channels, so that all of its uses have to agree.
 */
function hasSize({ className, weights, inner }: Layer): boolean {
  return Object.keys(weights).length + inner.length > 0 || /^(Reshape|InputLayer)$/.test(className);
}

/**
 * The layer in a TimeDistributed, which does the same to the channels; else the layer
 * itself.
 */
export function innermost({ layer }: Node): Layer {
  return (layer.className === 'TimeDistributed' && layer.inner[0]) || layer;
}

type Shapes = ReturnType<typeof shapesOf>;
type Axes = (Axis | undefined)[];

function pass({ channels }: Units, node: Node, axes: Axes, shapes: Shapes): Axis | undefined {
  const known = node.inputs.map((input, i) => ({ axis: axes[i], shape: shapes.get(input.node) }));
  return axisOf(node, innermost(node), known, shapes.get(node), channels);
}

/** The outputs of a layer that mixes channels; undefined for another. */
function mix({ channels, inputs, mixings }: Units, node: Node, axes: Axes, shapes: Shapes): Axis | undefined {
  const mixing = axes.length > 0 ? mixingOf(node.layer) : undefined;
  if (!mixing) return undefined;
  const varying = (length: number) => channels.add(new Array(length).fill(Number.NaN));
  const fits = axes[0]?.ids.length === mixing.rows;
  const input = fits ? axes[0]! : varying(mixing.rows);
  // Initial states stay, and all rows where the tensor is not known.
  for (const axis of fits ? axes.slice(1) : [...axes, input]) channels.keepAll(axis, node);
  inputs.set(node, input);
  const known = mixings.get(node.layer)?.constants ?? input.values;
  const constants = known.map((value, i) => (value === input.values[i] ? value : Number.NaN));
  mixings.set(node.layer, { mixing, constants });
  if (mixing.isRecurrent) {
    const output = varying(shapes.get(node)?.at(-1) ?? 0);
    channels.keepAll(output, node);
    return output;
  }
  const layer = innermost(node);
  const output = channels.add(mixed(layer, mixing, input.values));
  if (!functionOf(layer.config.activation)) channels.keepAll(output, node);
  return output;
}

/** Keeps what is needed by what is kept, and of each tensor at least one channel. */
function keepNeeded(graph: Graph, units: Units): void {
  const { channels, outputs, inputs } = units;
  const backwards = [...graph.nodes].reverse();
  for (let before = -1; before !== channels.size; ) {
    before = channels.size;
    for (const node of backwards) keepRows(units, node);
    if (before !== channels.size) continue;
    for (const { ids } of [...outputs.values(), ...inputs.values()])
      if (ids.length > 0 && !ids.some((id) => channels.isLive(id))) channels.keep(ids[0]);
  }
}

function keepRows({ channels, outputs, inputs, mixings }: Units, node: Node): void {
  const { mixing, constants } = mixings.get(node.layer) ?? {};
  const input = inputs.get(node);
  if (!mixing || !input) return;
  const { columns, rows, taps, weight, isUniform, isRecurrent } = mixing;
  const ids = outputs.get(node)!.ids;
  const live = Array.from({ length: columns }, (_, i) => i).filter((i) => isRecurrent || channels.isLive(ids[i]));
  const reads = (row: number) => {
    for (const column of live) for (let tap = 0; tap < taps; tap++) if (weight(tap, row, column) !== 0) return true;
    return false;
  };
  for (let row = 0; row < rows; row++) {
    const value = constants![row];
    const isFolded = value === 0 || (isUniform && !Number.isNaN(value));
    if (!isFolded && !channels.isLive(input.ids[row]) && reads(row)) channels.keep(input.ids[row], node);
  }
}
