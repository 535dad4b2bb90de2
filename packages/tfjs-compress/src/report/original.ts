import type { io } from '@tensorflow/tfjs-core';
import { weightFigures } from '@tfjs-compress/math';
import type { Summary } from '../model/summarize.js';
import { weightsOf } from '../model/weights.js';

/** What a layer was and what it is now. */
export interface LayerSizes {
  name: string;
  parameters: number;
  float32Bytes: number;
  nonZeros: number;
  fileBytes: number;
}

/** A model before compression. */
export interface Original {
  parameters: number;
  kernelParameters: number;
  float32Bytes: number;
  layers: Map<string, { parameters: number; float32Bytes: number }>;
}

/** Of the model that the report is about: right unless units were taken out of it. */
export function originalOf({ layers, all, compressible, float32Bytes }: Summary): Original {
  return {
    parameters: all.parameters,
    kernelParameters: compressible.parameters,
    float32Bytes,
    layers: new Map(layers.map((layer) => [layer.name, layer])),
  };
}

export function readOriginal(artifacts: io.ModelArtifacts): Original {
  const original: Original = { parameters: 0, kernelParameters: 0, float32Bytes: 0, layers: new Map() };
  for (const { layer: name, values, isCompressible } of weightsOf(artifacts)) {
    const { weights, float32Bytes } = weightFigures(values);
    const layer = original.layers.get(name) ?? { parameters: 0, float32Bytes: 0 };
    original.layers.set(name, layer);
    for (const sum of [original, layer]) {
      sum.parameters += weights;
      sum.float32Bytes += float32Bytes;
    }
    if (isCompressible) original.kernelParameters += weights;
  }
  return original;
}

/** In the order of the original, then what it did not have. */
export function layerSizes(summary: Summary, original: Original): LayerSizes[] {
  const now = new Map(summary.layers.map((layer) => [layer.name, layer]));
  return [...new Set([...original.layers.keys(), ...now.keys()])].map((name) => {
    const { parameters = 0, float32Bytes = 0 } = original.layers.get(name) ?? {};
    const { nonZeros = 0, fileBytes = 0 } = now.get(name) ?? {};
    return { name, parameters, float32Bytes, nonZeros, fileBytes };
  });
}
