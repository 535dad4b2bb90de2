import type { io } from '@tensorflow/tfjs-core';

/** What has tfjs's save(). */
export interface Saveable {
  save(handler: io.IOHandler): Promise<unknown>;
}

/** What a model's save() hands to its handler. */
export async function artifactsOf(model: Saveable): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts = {};
  const save = async (given: io.ModelArtifacts): Promise<io.SaveResult> => {
    artifacts = given;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  await model.save({ save });
  return artifacts;
}
