import type { Graph, Layer, Node, Units } from '@tfjs-compress/runtime/internal';

/** One layer that makes units: neurons of a dense layer, channels of a convolution. */
export interface ShrinkRow {
  /** Its path in the model: 'trunk/conv_1'. */
  layer: string;
  className: string;
  before: number;
  after: number;
  /**
   * Why units stay that look dead: those with a constant output, or all of a recurrent
   * layer.
   */
  reason?: string;
}

const makers =
  /^(Dense|Embedding|Conv[123]D|Conv[23]DTranspose|(Depthwise|Separable)Conv2D|SimpleRNN|GRU|LSTM|RNN|Bidirectional)$/;
const recurrent = /^(SimpleRNN|GRU|LSTM|RNN|Bidirectional)$/;

/** A row for each layer that makes units, in the order of the network. */
export function unitsOf(graph: Graph, units: Units): ShrinkRow[] {
  const seen = new Set<Layer>();
  const rows: ShrinkRow[] = [];
  for (const node of graph.nodes) {
    const { layer } = node;
    const inner = layer.className === 'TimeDistributed' ? (layer.inner[0] ?? layer) : layer;
    const ids = units.outputs.get(node)?.ids;
    if (seen.has(layer) || !ids || !makers.test(inner.className)) continue;
    seen.add(layer);
    const after = ids.filter((id) => units.channels.isLive(id)).length;
    const reason = reasonOf(node, inner, graph, units);
    rows.push({ layer: layer.path, className: inner.className, before: ids.length, after, ...(reason && { reason }) });
  }
  return rows;
}

function reasonOf(node: Node, layer: Layer, graph: Graph, units: Units): string | undefined {
  if (recurrent.test(layer.className)) return 'the units of recurrent layers are kept';
  const { ids, values } = units.outputs.get(node)!;
  const kept = ids.filter((id, i) => !Number.isNaN(values[i]) && units.channels.isLive(id));
  if (kept.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const id of kept) {
    const why = whyKept(id, graph, units);
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  const [why] = [...counts].sort((a, b) => b[1] - a[1])[0];
  return `${kept.length} constant: ${why}`;
}

/** Why a channel stays that its own layer leaves constant. */
function whyKept(id: number, graph: Graph, units: Units): string {
  const { channels, outputs } = units;
  const root = channels.find(id);
  const merge = graph.nodes.find(({ layer, inputs }) => {
    const axes = inputs.map((input) => outputs.get(input.node));
    if (!merges.test(layer.className) || !axes.every((axis) => axis?.ids.length === axes[0]?.ids.length)) return false;
    return axes[0]?.ids.some(
      (_, i) =>
        axes.every((axis) => channels.find(axis!.ids[i]) === root) &&
        axes.some((axis) => Number.isNaN(axis!.values[i])),
    );
  });
  if (merge) return `${merge.layer.path}: both sides would have to lose the same channels`;
  const border = graph.nodes.find((node) => isBorder(node, root, units));
  if (border) return `${nameOf(border)} ${atBorder}`;
  const by = channels.neededBy(id);
  if (!by) return 'one unit has to stay';
  const isOwn = outputs.get(by)?.ids.some((each) => channels.find(each) === root);
  if (isOwn && graph.outputs.some(({ node }) => node === by)) return `${by.layer.path} is an output of the model`;
  const { mixing } = units.mixings.get(by.layer) ?? {};
  if (!mixing && merges.test(by.layer.className)) return `${by.layer.path}: the channels of another side are not known`;
  if (!mixing) return `${nameOf(by)} needs all of its input`;
  if (mixing.isUniform) return `${nameOf(by)} is used several times, and reads other values`;
  return `${nameOf(by)} ${mixing.isRecurrent ? 'has no bias for it' : atBorder}`;
}

const merges = /^(Add|Average|Multiply|Maximum|Minimum|Concatenate)$/;
const atBorder = "reads zeros around its input, where a constant doesn't reach";

function nameOf({ layer }: Node): string {
  return `${layer.path} (${layer.className})`;
}

/**
 * Whether a layer with one channel for each of its input makes a constant vary: by the
 * zeros that it pads with.
 */
function isBorder(node: Node, root: number, { channels, inputs, outputs, mixings }: Units): boolean {
  const [input, output] = [inputs.get(node), outputs.get(node)];
  if (!input || !output || mixings.has(node.layer) || node.inputs.length > 1) return false;
  return output.ids.some((id, i) => {
    if (channels.find(id) !== root || !Number.isNaN(output.values[i])) return false;
    const from = Math.floor((i * input.ids.length) / output.ids.length);
    return channels.find(input.ids[from]) === root && !Number.isNaN(input.values[from]);
  });
}
