import type { io } from '@tensorflow/tfjs-core';
import { ArgumentError } from '@tfjs-compress/math';
import { check } from '@tfjs-compress/math/internal';
import { layoutOf, parseDescription } from './decoder/description.js';

/** Throws an ArgumentError for artifacts that could not be read back. */
export function checkArtifacts(artifacts: io.ModelArtifacts): void {
  check(artifacts !== null && typeof artifacts === 'object', 'artifacts', 'the artifacts of a model', artifacts);
  const { modelTopology, weightData, weightSpecs, getWeightStream } = artifacts;
  check(!(modelTopology instanceof ArrayBuffer), 'artifacts.modelTopology', 'JSON', modelTopology);
  check(!getWeightStream || weightData !== undefined, 'artifacts.weightData', 'the weights in memory', 'a stream');
  const other = (artifacts as { weights?: unknown }).weights;
  check(other === undefined, 'artifacts.weights', 'weights as weightSpecs and weightData', other);
  check(weightSpecs === undefined || Array.isArray(weightSpecs), 'artifacts.weightSpecs', 'a list', weightSpecs);
  weightSpecs?.forEach(checkSpec);
}

function checkSpec(spec: io.WeightsManifestEntry, i: number): void {
  const where = `artifacts.weightSpecs[${i}]`;
  check(typeof spec?.name === 'string', `${where}.name`, 'a string', spec?.name);
  const { shape, dtype, quantization } = spec;
  const isShape = Array.isArray(shape) && shape.every((size) => size >>> 0 === size);
  check(isShape, `${where}.shape`, 'a list of whole numbers', shape);
  const each = quantization?.dtype ?? dtype;
  if (dtype === 'string') return;
  try {
    layoutOf({ ...spec, shape: [] });
  } catch {
    throw new ArgumentError(`${where}.dtype`, 'a dtype that tfjs stores', each);
  }
}

/**
 * The JSON of a description, checked to be what unpack reads: not nested too deeply, no
 * key that JavaScript takes for a prototype.
 */
export function toText(description: object): Uint8Array {
  const json = JSON.stringify(description);
  try {
    parseDescription(json);
  } catch (error) {
    throw new ArgumentError(
      'artifacts',
      'JSON that unpack reads',
      (error as Error).message.replace(' in the file', ''),
    );
  }
  const text = new TextEncoder().encode(json);
  check(text.length <= 2 ** 24, 'artifacts', 'at most 2^24 bytes of JSON', text.length);
  return text;
}
