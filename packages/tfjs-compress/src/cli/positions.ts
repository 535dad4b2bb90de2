import type { io } from '@tensorflow/tfjs-core';
import { stripArtifacts } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { outputPositions } from '../model/outputPositions.js';
import { loadTfjs } from './backend.js';

/**
 * outputPositions of the model in artifacts, or why there are none: tfjs is not installed, or does not load the model. The figures are
 * shown without, and with the reason.
 */
export async function positionsOf(
  artifacts: io.ModelArtifacts,
): Promise<{ positions?: Map<string, number>; reason?: string }> {
  if (isGraphModel(artifacts)) return { reason: 'a graph model has no layers that would tell them' };
  try {
    const tf = loadTfjs();
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel({ load: async () => stripArtifacts(artifacts) });
    const positions = outputPositions(model);
    model.dispose();
    return { positions };
  } catch (error) {
    return { reason: firstLine(error) };
  }
}

/** tfjs's messages go on for several lines about what may be the reason. */
export function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0].replace(/ This may be due to one of the following reasons:$/, '');
}
