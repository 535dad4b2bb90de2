import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { pack, unpack } from '@tfjs-compress/format';

/** Reads a model: a .tfz file, a folder with model.json, or a model.json. Throws an Error that names the path. */
export function readArtifacts(path: string): io.ModelArtifacts {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file or folder.`);
  if (!statSync(path).isDirectory() && !path.endsWith('.json'))
    return unpack(readFileSync(path), { name: path, maxBytes: 2 ** 33 });
  const file = path.endsWith('.json') ? path : join(path, 'model.json');
  if (!existsSync(file)) throw new Error(`${path}: there is no model.json in this folder.`);
  let json: io.ModelJSON;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  if (!Array.isArray(json.weightsManifest))
    throw new Error(`${file}: this is no tfjs model, it has no weightsManifest.`);
  if (json.format === 'graph-model')
    throw new Error(`${file}: this is a graph model; only layers models can be compressed.`);
  const { weightsManifest, ...rest } = json;
  const paths = weightsManifest.flatMap((group) => group.paths.map((each) => join(dirname(file), each)));
  const missing = paths.find((each) => !existsSync(each));
  if (missing) throw new Error(`${file}: the file ${missing} with its weights is missing.`);
  const data = Buffer.concat(paths.map((each) => readFileSync(each)));
  return {
    ...rest,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: Uint8Array.from(data).buffer,
  };
}

/** Writes a model, as a compressed file when the path ends in .tfz, else as a plain folder. Returns the bytes written. */
export function writeArtifacts(
  path: string,
  artifacts: io.ModelArtifacts,
  onProgress?: (fraction: number) => void,
): number {
  if (path.endsWith('.tfz')) {
    const bytes = pack(artifacts, { onProgress });
    writeWhole(path, bytes);
    return bytes.length;
  }
  const { weightData, weightSpecs: weights = [], ...rest } = artifacts;
  const json = JSON.stringify({ ...rest, weightsManifest: [{ paths: ['weights.bin'], weights }] });
  const data = Buffer.concat([weightData ?? []].flat().map((part) => Buffer.from(part)));
  writeWhole(join(path, 'weights.bin'), data);
  writeWhole(join(path, 'model.json'), json);
  return data.length + Buffer.byteLength(json);
}

/** A whole file or none. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
