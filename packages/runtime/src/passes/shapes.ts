import type { Graph, Layer, Node } from '../graph/Graph.js';

/** Batch first; null for a size that is free. */
export type Shape = (number | null)[];

/** The shape of each node's first output; undefined where a layer's is not known here. */
export function shapesOf(graph: Graph): Map<Node, Shape | undefined> {
  const shapes = new Map<Node, Shape | undefined>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => (input.index === 0 ? shapes.get(input.node) : undefined));
    shapes.set(node, shapeOf(node.layer, inputs));
  }
  return shapes;
}

function shapeOf(layer: Layer, inputs: (Shape | undefined)[]): Shape | undefined {
  const { className, config, inner } = layer;
  const [input] = inputs;
  if (className === 'InputLayer') return input ?? config.batchInputShape;
  if (!input || !inputs.every((each) => each)) return undefined;
  const [batch, ...sizes] = input;
  if (className === 'TimeDistributed') {
    const [steps, ...rest] = sizes;
    const step = layer.model ? undefined : shapeOf(inner[0], [[batch, ...rest]]);
    return step && [batch, steps, ...step.slice(1)];
  }
  if (
    /^(Conv.D|DepthwiseConv|SeparableConv|(Max|Average)Pooling)/.test(className) &&
    config.dataFormat !== 'channelsFirst'
  )
    return windowed(layer, input);
  switch (className) {
    case 'Dense':
      return [...input.slice(0, -1), config.units];
    case 'Embedding':
      return [...input, config.outputDim];
    case 'Flatten':
      return [batch, product(sizes)];
    case 'Reshape':
      return [batch, ...reshaped(product(sizes), config.targetShape)];
    case 'Permute':
      return [batch, ...config.dims.map((i: number) => input[i])];
    case 'RepeatVector':
      return [batch, config.n, ...sizes];
    case 'GlobalAveragePooling1D':
    case 'GlobalMaxPooling1D':
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      return config.dataFormat === 'channelsFirst' ? undefined : [batch, input.at(-1)!];
    case 'Cropping2D':
    case 'ZeroPadding2D':
    case 'UpSampling2D':
      return config.dataFormat === 'channelsFirst' ? undefined : [batch, ...resized(layer, input), input.at(-1)!];
    case 'Add':
    case 'Average':
    case 'Multiply':
    case 'Maximum':
    case 'Minimum':
      return broadcast(inputs as Shape[]);
    case 'SimpleRNN':
    case 'GRU':
    case 'LSTM':
    case 'RNN':
      return [batch, ...(config.returnSequences ? [sizes[0]] : []), (inner.at(-1) ?? layer).config.units];
    case 'Bidirectional': {
      const one = shapeOf(inner[0], [input]);
      return one && [...one.slice(0, -1), one.at(-1)! * (config.mergeMode === 'concat' ? 2 : 1)];
    }
    case 'Concatenate':
      return joined(inputs as Shape[], config.axis ?? -1);
    default:
      return elementwise.test(className) ? input : undefined;
  }
}

/** Layers whose output has the shape of their only input. */
const elementwise =
  /^(Activation|BatchNormalization|LayerNormalization|(Leaky|P|Thresholded)?ReLU|ELU|Softmax|Masking|.*Dropout(1D)?|GaussianNoise)$/;

function product(sizes: Shape): number | null {
  return sizes.includes(null) ? null : (sizes as number[]).reduce((all, size) => all * size, 1);
}

function reshaped(size: number | null, target: Shape): Shape {
  const unknown = target.findIndex((each) => each === -1 || each === null);
  const known = product(target.filter((_, i) => i !== unknown));
  return target.map((each, i) => (i === unknown ? (size === null ? null : size / known!) : each));
}

/** The n-th of sizes that are given once or for each dimension. */
function nth(value: any, i: number): any {
  return Array.isArray(value) ? (value[i] ?? value[0]) : (value ?? 1);
}

/** Of convolutions and poolings. */
function windowed({ className, config, weights }: Layer, input: Shape): Shape {
  const { kernelSize, poolSize, strides, dilationRate, padding, filters } = config;
  const window = kernelSize ?? poolSize ?? 2;
  const spatial = input.slice(1, -1).map((size, i) => {
    const step = nth(strides ?? poolSize, i);
    const width = (nth(window, i) - 1) * nth(dilationRate, i) + 1;
    if (size === null) return null;
    if (/Transpose$/.test(className)) return size * step + (padding === 'valid' ? Math.max(width - step, 0) : 0);
    return Math.ceil((size - (padding === 'valid' ? width - 1 : 0)) / step);
  });
  const { shape: [, , rows, multiplier] = [] } = weights.depthwiseKernel ?? {};
  const isDepthwise = className === 'DepthwiseConv2D';
  return [input[0], ...spatial, isDepthwise ? rows * multiplier : (filters ?? input.at(-1)!)];
}

function resized({ className, config }: Layer, input: Shape): Shape {
  return input.slice(1, -1).map((size, i) => {
    if (size === null) return null;
    if (className === 'UpSampling2D') return size * nth(config.size ?? 2, i);
    const by = nth(config[className === 'Cropping2D' ? 'cropping' : 'padding'], i);
    const both = Array.isArray(by) ? by[0] + by[1] : 2 * by;
    return className === 'Cropping2D' ? size - both : size + both;
  });
}

/** Of inputs of one rank; others are not needed here. */
function broadcast(inputs: Shape[]): Shape | undefined {
  const [first] = inputs;
  if (inputs.some(({ length }) => length !== first.length)) return undefined;
  return first.map((_, i) => {
    const sizes = inputs.map((shape) => shape[i]).filter((size) => size !== 1);
    return sizes.length === 0 ? 1 : (sizes.find((size) => size !== null) ?? null);
  });
}

function joined(inputs: Shape[], axis: number): Shape {
  const at = axis < 0 ? axis + inputs[0].length : axis;
  return inputs[0].map((size, i) => {
    if (i !== at) return size;
    const sizes = inputs.map((shape) => shape[i]);
    return sizes.includes(null) ? null : (sizes as number[]).reduce((sum, each) => sum + each, 0);
  });
}
