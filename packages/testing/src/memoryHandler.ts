import type { io } from '@tensorflow/tfjs-core';

/**
 * Keeps what model.save gives it, and gives it back to loadLayersModel as a file would:
 * JSON passed through text.
 */
export class MemoryHandler implements io.IOHandler {
  artifacts: io.ModelArtifacts | undefined;

  save = async (artifacts: io.ModelArtifacts): Promise<io.SaveResult> => {
    const { weightData, ...json } = artifacts;
    this.artifacts = { ...JSON.parse(JSON.stringify(json)), weightData: (weightData as ArrayBuffer).slice(0) };
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  };

  load = async (): Promise<io.ModelArtifacts> => {
    if (!this.artifacts) throw new Error('nothing was saved');
    return { ...this.artifacts, weightData: (this.artifacts.weightData as ArrayBuffer).slice(0) };
  };
}
