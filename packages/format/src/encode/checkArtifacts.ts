import type { io } from '@tensorflow/tfjs-core';
import { ArgumentError } from '@tfjs-compress/math';
import { check } from '@tfjs-compress/math/internal';
import { layoutOf } from '../artifacts/layout.js';

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
