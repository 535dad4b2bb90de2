import type { io } from '@tensorflow/tfjs-core';
import { outputPositions } from '../model/outputPositions.js';
import { loadTfjs } from './backend.js';

/**
 * outputPositions of the model in artifacts; none where tfjs is not installed, or does not know one of the model's layers: the figures are
 * shown without.
 */
export async function positionsOf(artifacts: io.ModelArtifacts): Promise<Map<string, number>> {
  try {
    const tf = loadTfjs();
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel({ load: async () => artifacts });
    const positions = outputPositions(model);
    model.dispose();
    return positions;
  } catch {
    return new Map();
  }
}
