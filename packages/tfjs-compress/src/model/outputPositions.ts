import { recurrentClasses, stockClass } from './weightFields.js';

type Shape = (number | null)[];

/** What is read of a tfjs layer or model. */
interface Layer {
  name: string;
  layers?: Layer[];
  nodesByDepth?: Record<string, Node[]>;
  inboundNodes?: Node[];
  layer?: Layer;
  forwardLayer?: Layer;
  backwardLayer?: Layer;
  weights: { originalName: string; shape: Shape }[];
  dataFormat?: string;
  getClassName(): string;
}

/** One application of a layer. */
interface Node {
  outboundLayer: Layer;
  inputShapes: Shape[];
  outputShapes: Shape[];
}

/**
 * How many places each kernel is applied at for one example, by the weight's
 * originalName: 1 for a dense kernel, height × width of the output for a convolution's
 * (of the input for a transposed one's), the steps for a recurrent one; the sum over all
 * uses of a shared layer. Layers whose size is open, and of other kinds, are left out.
 */
export function outputPositions(model: unknown): Map<string, number> {
  const positions = new Map<string, number>();
  visit(model as Layer, positions);
  return new Map([...positions].filter(([, places]) => Number.isFinite(places)));
}

function visit(model: Layer, positions: Map<string, number>): void {
  for (const { outboundLayer, inputShapes, outputShapes } of nodesOf(model)) {
    if (outboundLayer.layers) visit(outboundLayer, positions);
    else
      for (const [name, places] of placesIn(outboundLayer, inputShapes[0], outputShapes[0]))
        positions.set(name, (positions.get(name) ?? 0) + places);
  }
}

/**
 * Of a Sequential, which knows its nodes only once it has predicted, each layer's first.
 */
function nodesOf({ nodesByDepth = {}, layers = [] }: Layer): Node[] {
  const nodes = Object.values(nodesByDepth).flat();
  return nodes.length > 0 ? nodes : layers.flatMap(({ inboundNodes = [] }) => inboundNodes.slice(0, 1));
}

function placesIn(layer: Layer, input: Shape, output: Shape): [string, number][] {
  const className = stockClass(layer.getClassName());
  const inner =
    className === 'TimeDistributed' ? layer.layer! : className === 'Bidirectional' ? layer.forwardLayer! : layer;
  if (inner.layers || !input || !output) return [];
  const kind = stockClass(inner.getClassName());
  const kernels = layer.weights.filter(({ shape }) => shape.length > 1).map(({ originalName }) => originalName);
  const isRecurrent = recurrentClasses.has(kind) || /^RNN$/.test(kind);
  if (!/Dense|Conv/.test(kind) && !isRecurrent) return [];
  const places = isRecurrent
    ? (input[1] ?? Number.NaN) * (/^ConvLSTM/.test(kind) ? Number.NaN : 1)
    : spread(/Transpose/.test(kind) ? input : output, inner.dataFormat);
  return kernels.map((name) => [name, places]);
}

/** All sizes but those of the batch and the channels. */
function spread(shape: Shape, dataFormat?: string): number {
  const places = dataFormat === 'channelsFirst' ? shape.slice(2) : shape.slice(1, -1);
  return places.reduce<number>((product, size) => product * (size ?? Number.NaN), 1);
}
