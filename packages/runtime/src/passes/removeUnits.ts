import type { Graph, Layer, Node, Weight } from '../graph/Graph.js';
import type { Axis } from './Channels.js';
import { findDeadUnits, innermost, type Units } from './findDeadUnits.js';
import { rewrite } from './rewrite.js';

/**
 * The graph without the units that do not matter, exactly: those that nobody reads, and
 * those that are constant, whose part of the sums goes into the biases. Inputs and
 * outputs of the model keep their shapes, recurrent layers their units.
 */
export function removeDeadUnits(graph: Graph): Graph {
  return removeUnits(graph, findDeadUnits(graph));
}

export function removeUnits(graph: Graph, units: Units): Graph {
  const made = new Map<Layer, Layer>();
  return rewrite(graph, (node, now) => {
    const { layer } = node;
    if (!made.has(layer)) made.set(layer, smaller(node, units));
    return { ...now, layer: made.get(layer)! };
  });
}

/** The places of the channels that stay; undefined for all of them. */
function stay(axis: Axis | undefined, { channels }: Units): number[] | undefined {
  if (!axis) return undefined;
  const kept = [...axis.ids.keys()].filter((i) => channels.isLive(axis.ids[i]));
  return kept.length < axis.ids.length ? kept : undefined;
}

function smaller(node: Node, units: Units): Layer {
  const { layer } = node;
  const rows = stay(units.inputs.get(node), units);
  const columns = stay(units.outputs.get(node), units);
  if (!rows && !columns) return layer;
  const { mixing } = units.mixings.get(layer) ?? {};
  const inside = innermost(node);
  if (!mixing) return within(layer, inside, withChannels(inside, rows, columns));
  const now = mixing.readers.map((reader, i) => withKernel(reader, rows, columns, folded(units, layer, columns, i)));
  if (!mixing.isRecurrent) return within(layer, inside, now[0]);
  return layer.inner.length ? { ...layer, inner: layer.inner.map((each, i) => now[i] ?? each) } : now[0];
}

/** A TimeDistributed with another layer in it, or that layer itself. */
function within(layer: Layer, inside: Layer, now: Layer): Layer {
  if (layer === inside) return now;
  const config = { ...layer.config, layer: { ...layer.config.layer, config: now.config } };
  return { ...layer, config, inner: [now] };
}

/**
 * What the constant channels that go add to each column of one of the kernels, before
 * columns go; undefined for nothing.
 */
function folded(units: Units, layer: Layer, columns: number[] | undefined, reader: number): Float64Array | undefined {
  const { mixing, constants } = units.mixings.get(layer)!;
  const input = [...units.inputs].find(([node]) => node.layer === layer)![1];
  const width = mixing.columns / mixing.readers.length;
  const sums = new Float64Array(width);
  let isAny = false;
  constants.forEach((value, row) => {
    if (!value || units.channels.isLive(input.ids[row])) return;
    for (const column of columns ?? sums.keys())
      for (let tap = 0; tap < mixing.taps; tap++) {
        const each = mixing.weight(tap, row, reader * width + column) * value;
        sums[column] += each;
        isAny ||= each !== 0;
      }
  });
  return isAny ? sums : undefined;
}

/** A layer with a mixing kernel. */
function withKernel(layer: Layer, rows: Places, columns: Places, sums: Float64Array | undefined): Layer {
  const { className, weights, config } = layer;
  const now = { ...weights };
  const size = columns ? { [className === 'Dense' ? 'units' : 'filters']: columns.length } : {};
  const kernel = weights.pointwiseKernel ? 'pointwiseKernel' : 'kernel';
  const before: Weight = weights.bias ?? {
    name: weights[kernel].name.replace(/[^/]*$/, 'bias'),
    shape: [sums?.length ?? 0],
    values: new Float32Array(sums?.length ?? 0),
  };
  if (weights.depthwiseKernel) {
    const { shape } = weights.depthwiseKernel;
    const all = rows?.flatMap((row) => Array.from({ length: shape[3] }, (_, i) => row * shape[3] + i));
    now.depthwiseKernel = select(weights.depthwiseKernel, 2, rows);
    now.pointwiseKernel = select(select(weights.pointwiseKernel, 2, all), 3, columns);
  } else {
    const last = weights.kernel.shape.length - 1;
    const [rowAxis, columnAxis] = /Transpose$/.test(className) ? [last, last - 1] : [last - 1, last];
    now.kernel = select(select(weights.kernel, rowAxis, rows), columnAxis, columns);
  }
  // A GRU's bias can have a second row, for the state.
  const bias = { ...before, values: before.values.map((value, i) => value + (sums?.[i] ?? 0)) };
  if (weights.bias || sums) now.bias = select(bias, 0, columns);
  return { ...layer, weights: now, config: { ...config, ...size, ...(sums && { useBias: true }) } };
}

/** A layer that treats each channel on its own. */
function withChannels(layer: Layer, rows: Places, columns: Places): Layer {
  const { className, weights, config } = layer;
  const count = columns?.length;
  const changed = (key: string, list: unknown[]) => ({ ...layer, config: { ...config, [key]: list } });
  const map = (places: Places, axis: number) =>
    Object.fromEntries(Object.entries(weights).map(([field, weight]) => [field, select(weight, axis, places)]));
  if (className === 'Embedding') return { ...layer, config: { ...config, outputDim: count }, weights: map(columns, 1) };
  if (className === 'InputLayer') return changed('batchInputShape', [...config.batchInputShape.slice(0, -1), count]);
  if (className === 'Reshape') {
    const last = config.targetShape.at(-1);
    return changed('targetShape', [...config.targetShape.slice(0, -1), last > 0 ? count : last]);
  }
  if (className === 'DepthwiseConv2D')
    return {
      ...layer,
      weights: {
        depthwiseKernel: select(weights.depthwiseKernel, 2, rows),
        ...(weights.bias && { bias: select(weights.bias, 0, columns) }),
      },
    };
  return className === 'BatchNormalization' || className === 'PReLU' ? { ...layer, weights: map(rows, -1) } : layer;
}

type Places = number[] | undefined;

/** The places of one axis; a size of 1 that is broadcast stays. */
function select(weight: Weight, axis: number, places: Places): Weight {
  const at = axis < 0 ? weight.shape.length + axis : axis;
  const size = weight.shape[at];
  if (!places || (axis < 0 && size === 1)) return weight;
  const inner = weight.shape.slice(at + 1).reduce((product, each) => product * each, 1);
  const outer = weight.values.length / (size * inner);
  const values = new Float32Array(outer * places.length * inner);
  for (let i = 0, to = 0; i < outer; i++)
    for (const place of places) {
      const from = (i * size + place) * inner;
      values.set(weight.values.subarray(from, from + inner), to);
      to += inner;
    }
  return { ...weight, shape: weight.shape.map((each, i) => (i === at ? places.length : each)), values };
}
