import type { io } from '@tensorflow/tfjs-core';
import type { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { loadTfjs } from './backend.js';

type Layer = ReturnType<typeof tfLayers.dense>;

/**
 * How many places of its output each kernel is applied at for one example, by the weight's name: 1 for a dense kernel, height × width
 * for a convolution's. Kernels of layers with an unknown output size, and of other kinds, are left out; all are when tfjs is missing.
 */
export async function outputPositions(artifacts: io.ModelArtifacts): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  try {
    const tf = loadTfjs();
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel({ load: async () => artifacts });
    visit(model as unknown as Layer, positions);
    model.dispose();
  } catch {
    // A layer this process does not know, or no tfjs: the figures are shown without.
  }
  return positions;
}

function visit(layer: Layer, positions: Map<string, number>): void {
  const { layers } = layer as unknown as { layers?: Layer[] };
  if (layers) {
    for (const each of layers) visit(each, positions);
    return;
  }
  const shape = layer.outputShape as (number | null)[];
  if (!/Dense|Conv/.test(layer.getClassName())) return;
  const places = shape.slice(1, -1).reduce<number>((product, size) => product * (size ?? Number.NaN), 1);
  if (Number.isNaN(places)) return;
  for (const weight of layer.weights) if (weight.shape.length > 1) positions.set(weight.originalName, places);
}
