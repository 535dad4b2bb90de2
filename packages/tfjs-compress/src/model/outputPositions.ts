/** What is read of a tfjs layer or model. */
interface Layer {
  layers?: Layer[];
  weights: { originalName: string; shape: (number | null)[] }[];
  inputShape: unknown;
  outputShape: unknown;
  getClassName(): string;
}

/**
 * How many places each kernel is applied at for one example, by the weight's name: 1 for a dense kernel, height × width of the output for
 * a convolution's (of the input for a transposed one's). Layers whose size is open, and of other kinds, are left out.
 */
export function outputPositions(model: unknown): Map<string, number> {
  const positions = new Map<string, number>();
  visit(model as Layer, positions);
  return positions;
}

function visit(layer: Layer, positions: Map<string, number>): void {
  if (layer.layers) {
    for (const each of layer.layers) visit(each, positions);
    return;
  }
  const name = layer.getClassName();
  if (!/Dense|Conv/.test(name)) return;
  const shape = (/Transpose/.test(name) ? layer.inputShape : layer.outputShape) as (number | null)[];
  const places = shape.slice(1, -1).reduce<number>((product, size) => product * (size ?? Number.NaN), 1);
  if (Number.isNaN(places)) return;
  for (const weight of layer.weights) if (weight.shape.length > 1) positions.set(weight.originalName, places);
}
