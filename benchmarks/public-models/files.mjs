/**
 * Reads plain tfjs models by their specification alone, so that the packages under test
 * are not judged by themselves.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const itemBytes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2, complex64: 8 };

/** A model's JSON, its weights by place, and the first weight file that is absent. */
export function readPlain(folder) {
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const paths = (json.weightsManifest ?? []).flatMap((group) => group.paths ?? []).map((path) => join(folder, path));
  const missing = paths.find((path) => !existsSync(path));
  if (!json.weightsManifest || missing) return { json, missing, weights: [] };
  const data = Buffer.concat(paths.map((path) => readFileSync(path)));
  const specs = json.weightsManifest.flatMap((group) => group.weights);
  let at = 0;
  const weights = specs.map((spec) => {
    const start = at;
    const size = spec.shape.reduce((a, b) => a * b, 1);
    if (spec.dtype === 'string') for (let i = 0; i < size; i++) at += 4 + data.readUInt32LE(at);
    else at += size * itemBytes[spec.quantization?.dtype ?? spec.dtype];
    return { spec, size, bytes: data.subarray(start, at) };
  });
  return { json, weights, wanted: at, found: data.length };
}

/** A weight's values as float32; undefined for what is stored otherwise. */
export function floats({ spec, bytes }) {
  if (spec.dtype !== 'float32' || spec.quantization) return undefined;
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

export function isPower(value) {
  return value === 0 || Number.isInteger(Math.log2(Math.abs(value)));
}
