import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { isPowerOfTwoOrZero, weightFigures } from '@tfjs-compress/math';
import { type Weight, weightsOf } from './weights.js';

/** Figures of a weight, a layer or a model. */
interface Figures {
  parameters: number;
  nonZeros: number;
  /** As float32. */
  float32Bytes: number;
  /** In the compressed file. */
  fileBytes: number;
  /**
   * Multiplications for one example; undefined where they do not follow from the shapes.
   */
  multiplyAdds?: number;
  /** Those by weights that are not zero. */
  nonZeroMultiplyAdds?: number;
}

export interface WeightSummary extends Figures {
  name: string;
  /** As the callbacks call it. */
  path: string;
  shape: number[];
  isCompressible: boolean;
  /** nonZeros / parameters. */
  remaining: number;
  /** Distinct non-zero values. */
  levels: number;
  /**
   * 32, or what the values of a quantized kernel take in its codebook (weightFigures).
   */
  bits: number;
}

export interface LayerSummary extends Figures {
  name: string;
  remaining: number;
  /** Of the kernel with most of them; undefined for a layer without one. */
  levels?: number;
  bits?: number;
  weights: WeightSummary[];
}

export interface Summary extends Figures {
  layers: LayerSummary[];
  /** Of kernels alone, and of all weights. */
  compressible: { parameters: number; nonZeros: number };
  all: { parameters: number; nonZeros: number };
}

/**
 * What a model consists of and what it takes in a compressed file.
 *
 * @param positions How many places each kernel is applied at (outputPositions); without
 *   it there are no multiply-adds.
 */
export function summarize(
  artifacts: io.ModelArtifacts,
  positions: Map<string, number> = new Map(),
  onProgress?: (fraction: number) => void,
): Summary {
  const sizes: number[] = [];
  const file = pack(artifacts, { onProgress, onWeight: (_, bytes) => sizes.push(bytes) });
  const all = weightsOf(artifacts);
  const weights = all.map((weight) => {
    // What a layer of this suite keeps of the kernel's state is part of what the kernel
    // takes.
    const stateBytes = weight.stateIndex === undefined ? 0 : sizes[weight.stateIndex];
    return weightSummary(weight, sizes[weight.index] + stateBytes, positions.get(weight.tfjsName));
  });
  const layers = new Map<string, WeightSummary[]>();
  all.forEach(({ layer }, i) => {
    layers.set(layer, [...(layers.get(layer) ?? []), weights[i]]);
  });
  const count = (some: WeightSummary[]) => ({
    parameters: sum(some, 'parameters'),
    nonZeros: sum(some, 'nonZeros'),
  });
  return {
    layers: [...layers].map(([name, each]) => layerSummary(name, each)),
    compressible: count(weights.filter(({ isCompressible }) => isCompressible)),
    all: count(weights),
    ...total(weights),
    fileBytes: file.length,
  };
}

function weightSummary(
  { name, path, shape, values, isCompressible }: Weight,
  fileBytes: number,
  places?: number,
): WeightSummary {
  const { weights: parameters, nonZeros, remaining, levels, bits: codebookBits, float32Bytes } = weightFigures(values);
  // A small kernel that was not quantized has few values, too, but nearly each of them
  // once.
  const isQuantized = 2 * levels <= nonZeros || values.every(isPowerOfTwoOrZero);
  const bits = isQuantized ? codebookBits : 32;
  const common = {
    name,
    path,
    shape,
    isCompressible,
    parameters,
    nonZeros,
    remaining,
    levels,
    bits,
    float32Bytes,
    fileBytes,
  };
  if (places === undefined) return common;
  return { ...common, multiplyAdds: places * parameters, nonZeroMultiplyAdds: places * nonZeros };
}

function layerSummary(name: string, weights: WeightSummary[]): LayerSummary {
  const kernels = weights.filter(({ isCompressible }) => isCompressible);
  const all = total(weights);
  return {
    name,
    ...all,
    remaining: all.parameters ? all.nonZeros / all.parameters : 0,
    ...(kernels.length && {
      levels: Math.max(...kernels.map(({ levels }) => levels)),
      bits: Math.max(...kernels.map(({ bits }) => bits)),
    }),
    weights,
  };
}

function total(weights: WeightSummary[]): Figures {
  const known = weights.filter(({ multiplyAdds }) => multiplyAdds !== undefined);
  return {
    parameters: sum(weights, 'parameters'),
    nonZeros: sum(weights, 'nonZeros'),
    float32Bytes: sum(weights, 'float32Bytes'),
    fileBytes: sum(weights, 'fileBytes'),
    ...(known.length && {
      multiplyAdds: sum(known, 'multiplyAdds'),
      nonZeroMultiplyAdds: sum(known, 'nonZeroMultiplyAdds'),
    }),
  };
}

function sum(weights: WeightSummary[], key: keyof Figures): number {
  return weights.reduce((value, weight) => value + (weight[key] ?? 0), 0);
}
