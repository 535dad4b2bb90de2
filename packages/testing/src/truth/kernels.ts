import { tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isLevel, type Range } from './reference.js';

/**
 * A kernel as a layer holds it: what stands in the field is what the layer computes with.
 */
export interface HeldKernel {
  /**
   * The outermost layer's name, then the fields on the way, such as `rnn/cells.0/kernel`.
   */
  path: string;
  layer: tfl.layers.Layer;
  field: string;
  isTrainable: boolean;
}

const kernelField = /^(kernel|depthwiseKernel|pointwiseKernel|recurrentKernel|embeddings|custom)$/;

/**
 * All kernels of a model, found by looking through the fields of its layers, whatever
 * their class.
 */
export function kernelsOf(model: tfl.LayersModel): HeldKernel[] {
  const found: HeldKernel[] = [];
  const seen = new Set<unknown>();
  const visit = (layer: tfl.layers.Layer, path: string, isTrainable: boolean) => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const trains = isTrainable && layer.trainable;
    for (const [field, value] of Object.entries(layer)) {
      if (kernelField.test(field) && typeof value?.read === 'function') {
        found.push({ path: `${path}/${field}`, layer, field, isTrainable: trains });
      } else if (value instanceof tfl.layers.Layer) visit(value, `${path}/${field}`, trains);
      else if (Array.isArray(value)) {
        value.forEach((each, i) => {
          if (each instanceof tfl.layers.Layer) visit(each, `${path}/${field}.${i}`, trains);
        });
      }
    }
  };
  for (const layer of model.layers) visit(layer, layer.name, true);
  return found;
}

/** The biases of the layers that hold these kernels. */
export function biasesOf(kernels: HeldKernel[]): HeldKernel[] {
  const seen = new Set<tfl.layers.Layer>();
  return kernels.flatMap(({ path, layer, isTrainable }) => {
    if (seen.has(layer) || typeof (layer as any).bias?.read !== 'function') return [];
    seen.add(layer);
    return [{ path: path.replace(/[^/]+$/, 'bias'), layer, field: 'bias', isTrainable }];
  });
}

/**
 * Which output channel a weight is of. The last axis has them, but in transposed
 * convolutions ([…, out, in]) and in depthwise ones, whose outputs are input channels
 * times multiplier.
 */
export function channelOf({ layer, field }: HeldKernel): (i: number) => number {
  const [before, last] = ((layer as any)[field].shape as number[]).slice(-2);
  if (field === 'depthwiseKernel') return (i) => i % (before * last);
  if (field === 'kernel' && /Transpose$/.test(layer.getClassName())) return (i) => Math.floor(i / last) % before;
  return (i) => i % last;
}

export type Values = Map<string, Float32Array>;

/** What the layers compute with at this moment. */
export function readKernels(kernels: HeldKernel[]): Values {
  return new Map(
    kernels.map(({ path, layer, field }) => [
      path,
      tidy(() => Float32Array.from((layer as any)[field].read().dataSync())),
    ]),
  );
}

export interface Count {
  weights: number;
  zeros: number;
  /** 0 or a level of its range; of any range where none is known. */
  levels: number;
  nonFinite: number;
  /** Different values beside 0. */
  distinct: number;
}

/** @param ranges One for each weight. */
export function count(values: Float32Array, ranges?: (Range | null)[]): Count {
  let [zeros, levels, nonFinite] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    if (value === 0) zeros++;
    if (isLevel(value, ranges?.[i])) levels++;
    if (!Number.isFinite(value)) nonFinite++;
  }
  const distinct = new Set([...values].filter((value) => value !== 0)).size;
  return { weights: values.length, zeros, levels, nonFinite, distinct };
}

/**
 * Zeros, levels and values that are not finite of each kernel of a model, counted from
 * what predict computes with.
 */
export function countWeights(model: tfl.LayersModel): Map<string, Count> {
  return new Map([...readKernels(kernelsOf(model))].map(([path, values]) => [path, count(values)]));
}

/** The share of all values for which `key` was counted. */
export function share(counts: Iterable<Count>, key: 'zeros' | 'levels'): number {
  let [part, all] = [0, 0];
  for (const each of counts) {
    part += each[key];
    all += each.weights;
  }
  return part / all;
}
