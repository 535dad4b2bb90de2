import { unpack } from 'tfjs-compress';
import type { Artifacts } from '../messages.js';

export interface OwnModel {
  name: string;
  artifacts: Artifacts;
  /** Of the files that were dropped. */
  bytes: number;
}

/**
 * A model from what was dropped: a model.json with its weights' files, or one .tfz file.
 *
 * @throws Error that says which file is missing, or what is wrong with one.
 */
export async function readModel(files: File[]): Promise<OwnModel> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const packed = files.find(({ name }) => name.endsWith('.tfz'));
  if (packed) {
    const artifacts = unpack(new Uint8Array(await packed.arrayBuffer())) as Artifacts;
    return { name: packed.name.replace(/\.tfz$/, ''), artifacts, bytes: packed.size };
  }
  const described = files.find(({ name }) => name.endsWith('.json'));
  if (!described) {
    const names = files.map(({ name }) => `'${name}'`).join(', ');
    throw new Error(`Expected a model.json with its .bin files, or a .tfz file, received ${names || 'no file'}.`);
  }
  const json = await readJson(described);
  const manifest = json.weightsManifest;
  if (!json.modelTopology || !Array.isArray(manifest))
    throw new Error(`'${described.name}' is not a TensorFlow.js model: it has no modelTopology or no weightsManifest.`);
  const { modelTopology, weightsManifest: _, ...others } = json;
  const weightSpecs = manifest.flatMap(({ weights }) => weights);
  const weightData = await weightsOf(
    manifest.flatMap(({ paths }) => paths),
    files,
  );
  const name = described.name === 'model.json' ? 'model' : described.name.replace(/\.json$/, '');
  return { name, artifacts: { ...others, modelTopology, weightSpecs, weightData } as Artifacts, bytes };
}

interface ModelJson {
  modelTopology?: object;
  weightsManifest?: { paths: string[]; weights: NonNullable<Artifacts['weightSpecs']> }[];
}

async function readJson(file: File): Promise<ModelJson> {
  try {
    return JSON.parse(await file.text()) as ModelJson;
  } catch (error) {
    throw new Error(`'${file.name}' is not JSON: ${(error as Error).message}`);
  }
}

/** The files that the manifest names, by their last names: a drop knows no folders. */
async function weightsOf(paths: string[], files: File[]): Promise<ArrayBuffer> {
  const parts = paths.map((path) => {
    const name = path.split('/').pop();
    const file = files.find((each) => each.name === name);
    if (!file) throw new Error(`'${name}' is missing: drop model.json and all of its .bin files together.`);
    return file;
  });
  return await new Blob(parts).arrayBuffer();
}
