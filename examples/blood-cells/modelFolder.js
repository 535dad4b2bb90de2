import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A handler for model.save and tf.loadLayersModel: a folder with model.json and its
 * weight files, as tfjs-node's file:// and the browser read it. Node has none without
 * tfjs-node. Nothing is left half-written: the folder gets its name when all is in it.
 */
export function modelFolder(folder) {
  return {
    async save(artifacts) {
      const { weightData, weightSpecs: weights, ...topology } = artifacts;
      const weightsManifest = [{ paths: ['weights.bin'], weights }];
      const json = JSON.stringify({ ...topology, format: 'layers-model', weightsManifest });
      const temporary = `${folder}.${process.pid}.tmp`;
      mkdirSync(temporary, { recursive: true });
      writeFileSync(join(temporary, 'model.json'), json);
      writeFileSync(join(temporary, 'weights.bin'), new Uint8Array(weightData));
      rmSync(folder, { recursive: true, force: true });
      renameSync(temporary, folder);
      return {
        modelArtifactsInfo: {
          dateSaved: new Date(),
          modelTopologyType: 'JSON',
          weightDataBytes: weightData.byteLength,
        },
      };
    },
    async load() {
      const { weightsManifest, ...topology } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
      const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
      const files = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
      return { ...topology, weightSpecs, weightData: Uint8Array.from(Buffer.concat(files)).buffer };
    },
  };
}
