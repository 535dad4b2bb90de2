import type { Graph, Node } from '../graph/Graph.js';
import * as Binary from '../program/Binary.js';
import type { Builder } from '../program/Builder.js';
import * as Unary from '../program/Unary.js';
import type { Value } from '../program/Value.js';

/**
 * Layers that pass on the mask of their first input. Those that are not listed drop it.
 */
const passing = new Set([
  ...['Activation', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'GaussianDropout', 'GaussianNoise'],
  ...['LayerNormalization', 'PReLU', 'ReLU', 'SpatialDropout1D', 'TimeDistributed'],
]);

const recurrent = new Set(['SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'RNN']);
const merging = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']);

/**
 * Which steps count, as tfjs hands it from layer to layer (its execute() and each layer's
 * computeMask). A mask is of zeros and ones, [batch, steps]. tfjs keeps the last mask
 * that any layer was called with and calls all later layers with it, as long as none of
 * their inputs has a mask of its own: a decoder behind RepeatVector sees the encoder's
 * mask. So do layers here. A nested model takes the mask that it is called with and gives
 * none; what it first kept goes with it.
 */
export class Masks {
  private readonly masks = new Map<Node, Value>();
  private kept: { mask: Value | undefined; model: string } | undefined;

  constructor(private readonly b: Builder) {}

  /**
   * The inputs as a layer gets them: the first with the mask that the layer is called
   * with.
   */
  enter(node: Node, inputs: Value[]): Value[] {
    const masks = this.of(node);
    if (this.kept && !isWithin(modelOf(node), this.kept.model)) this.kept = undefined;
    const from = masks.findIndex((mask) => mask);
    if (from >= 0) this.kept = { mask: masks[0], model: this.kept?.model ?? modelOf(node.inputs[from].node) };
    const [first, ...others] = inputs;
    const mask = this.kept?.mask;
    if (mask && node.layer.className === 'Softmax') return [withoutMasked(this.b, first, mask), ...others];
    return mask || first?.mask ? [{ ...first, mask }, ...others] : inputs;
  }

  /** Remembers the mask of a layer's outputs. */
  leave(node: Node, inputs: Value[], output: Value): void {
    const mask = this.outputMask(node, inputs, output);
    if (mask) this.masks.set(node, mask);
  }

  private of(reader: Node): (Value | undefined)[] {
    return reader.inputs.map(({ node }) =>
      isWithin(modelOf(reader), modelOf(node)) ? this.masks.get(node) : undefined,
    );
  }

  private outputMask(node: Node, inputs: Value[], output: Value): Value | undefined {
    const { className, config, inner } = node.layer;
    const masks = this.of(node);
    if (className === 'Masking' || className === 'Embedding') return output.mask;
    if (passing.has(className)) return masks[0];
    if (recurrent.has(className)) return config.returnSequences ? masks[0] : undefined;
    if (className === 'Bidirectional') return inner[0].config.returnSequences ? masks[0] : undefined;
    if (!masks.some((mask) => mask)) return undefined;
    if (merging.has(className)) return this.merged(masks);
    return className === 'Concatenate' ? this.concatenated(masks, inputs, config.axis ?? -1) : undefined;
  }

  /** tfjs joins all but the last one, and adds a dimension in front. */
  private merged(masks: (Value | undefined)[]): Value | undefined {
    const joined = masks.slice(0, Math.max(1, masks.length - 1));
    if (joined.length === 1 && !joined[0]) return undefined;
    const mask = joined.reduce((one, other) => {
      if (!one || !other) throw new Error('expected a mask of each input or of none.');
      return this.b.binary(Binary.multiply, one, other);
    })!;
    return this.b.view(mask, { shape: [1, ...mask.shape], strides: [0, ...mask.strides] });
  }

  /**
   * Along the last axis all have to count; along another the masks are put together as
   * the inputs are.
   */
  private concatenated(masks: (Value | undefined)[], inputs: Value[], axis: number): Value {
    const { b } = this;
    const { length } = inputs[0].shape;
    const along = axis < 0 ? axis + length : axis;
    const known = masks.filter((mask) => mask !== undefined);
    if (known.some(({ shape }) => shape.length !== length - 1)) throw new Error('the shapes of its masks do not fit.');
    if (along === length - 1) return known.reduce((one, other) => b.binary(Binary.multiply, one, other));
    if (known.length < masks.length) throw new Error('expected a mask of each input or of none.');
    const shape = [...known[0].shape];
    shape[along] = known.reduce((sum, mask) => sum + mask.shape[along], 0);
    const joined = b.value(shape);
    let offset = 0;
    for (const mask of known) {
      b.copy(mask, b.view(joined, { offset, shape: mask.shape }));
      offset += mask.shape[along] * joined.strides[along];
    }
    return joined;
  }
}

/**
 * The nodes that the outputs depend on, in the order in which tfjs computes them: for one
 * output after the other what it reads, of several inputs the last one first.
 */
export function inOrder({ outputs }: Graph): Iterable<Node> {
  const sorted = new Set<Node>();
  for (const output of outputs) {
    const stack = [output.node];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const waiting = sorted.has(top) ? [] : top.inputs.map(({ node }) => node).filter((node) => !sorted.has(node));
      stack.push(...waiting);
      if (waiting.length === 0) sorted.add(stack.pop()!);
    }
  }
  return sorted;
}

/** The path of the model that a layer is in: '' for the outermost. */
function modelOf({ layer: { path, config } }: Node): string {
  const end = `/${config.name}`;
  return path.endsWith(end) ? path.slice(0, -end.length) : '';
}

const isWithin = (path: string, model: string): boolean => `${path}/`.startsWith(model && `${model}/`);

/** What a Softmax layer makes of a mask: -1e9 is added to what does not count. */
function withoutMasked(b: Builder, x: Value, mask: Value): Value {
  const sum = b.binary(Binary.add, x, b.unary(Unary.affine, mask, 1e9, -1e9));
  if (`${sum.shape}` !== `${x.shape}`) {
    throw new Error(`a mask of shape [${mask.shape}] does not fit an input of shape [${x.shape}].`);
  }
  return sum;
}
