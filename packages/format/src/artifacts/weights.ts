import type { io } from '@tensorflow/tfjs-core';
import { bytesOf, joined } from './bytes.js';
import { layoutOf } from './layout.js';

/**
 * A weight's specification with its bytes as stored: a view of the joined weight data.
 */
export interface StoredWeight {
  spec: io.WeightsManifestEntry;
  bytes: Uint8Array;
}

/**
 * The weight data of artifacts as one array: a view where it is one buffer, a copy where
 * it is several.
 */
export function joinBuffers(data: io.WeightData | undefined): Uint8Array<ArrayBuffer> {
  return Array.isArray(data) ? joined(data.map(bytesOf)) : bytesOf(data ?? new ArrayBuffer(0));
}

/**
 * Strings are stored each with its length before it (uint32), so how many bytes they take
 * has to be noted.
 */
export function withStringBytes(specs: io.WeightsManifestEntry[], data: Uint8Array): io.WeightsManifestEntry[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  return specs.map((spec) => {
    if (spec.dtype !== 'string') {
      at += layoutOf(spec).bytes;
      return spec;
    }
    const start = at;
    for (let i = spec.shape.reduce((product, size) => product * size, 1); i > 0; i--) {
      // Beyond the end nothing tells how long a string is; what is missing is noticed by
      // the sum of all.
      at += 4 + (at + 4 <= data.length ? view.getUint32(at, true) : 0);
    }
    return { ...spec, byteLength: at - start };
  });
}

/**
 * How many bytes each weight takes as it is stored. Throws an Error for a dtype that tfjs
 * does not store.
 */
export function storedBytes(specs: io.WeightsManifestEntry[], data: Uint8Array): number[] {
  return withStringBytes(specs, data).map((spec) => layoutOf(spec).bytes);
}

/** The weights in artifacts, one after the other as tfjs reads them. */
export function storedWeights({ weightSpecs = [], weightData }: io.ModelArtifacts): StoredWeight[] {
  const data = joinBuffers(weightData);
  const sizes = storedBytes(weightSpecs, data);
  let at = 0;
  return weightSpecs.map((spec, i) => {
    const bytes = data.subarray(at, at + sizes[i]);
    at += sizes[i];
    return { spec, bytes };
  });
}

/** The artifacts with these weights instead of their own. */
export function withWeights(artifacts: io.ModelArtifacts, weights: StoredWeight[]): io.ModelArtifacts {
  const { buffer: weightData } = joined(weights.map(({ bytes }) => bytes));
  return { ...artifacts, weightSpecs: weights.map(({ spec }) => spec), weightData };
}
