import type { io } from '@tensorflow/tfjs-core';
import { stripArtifacts } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { outputPositions } from '../model/outputPositions.js';
import { loadTfjs } from './backend.js';

/**
 * outputPositions of the model in artifacts, or why there are none: tfjs is not
 * installed, or does not load the model. The figures are shown without, and with the
 * reason.
 */
export async function positionsOf(
  artifacts: io.ModelArtifacts,
): Promise<{ positions?: Map<string, number>; reason?: string }> {
  if (isGraphModel(artifacts)) return { reason: 'a graph model has no layers that would tell them' };
  let positions: Map<string, number> | undefined;
  const { reason } = await loads(artifacts, (model) => {
    positions = outputPositions(model);
  });
  return { positions, reason };
}

/**
 * Whether tfjs loads the layers model in artifacts: if not, why, and whether it is only
 * that tfjs is not installed.
 */
export async function loads(
  artifacts: io.ModelArtifacts,
  use: (model: unknown) => void = () => {},
): Promise<{ reason?: string; isMissing?: boolean }> {
  let tf: ReturnType<typeof loadTfjs>;
  try {
    tf = loadTfjs();
  } catch (error) {
    return { reason: firstLine(error), isMissing: true };
  }
  const { warn } = console;
  // tfjs's advice to the model's author.
  console.warn = () => {};
  try {
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel({ load: async () => stripArtifacts(artifacts) });
    use(model);
    model.dispose();
    return {};
  } catch (error) {
    return { reason: firstLine(error) };
  } finally {
    console.warn = warn;
  }
}

/** tfjs's messages go on for several lines about what may be the reason. */
export function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0].replace(/ This may be due to one of the following reasons:$/, '');
}
