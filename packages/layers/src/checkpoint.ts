import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { PRUNED } from '@tfjs-compress/math';
import type { CompressibleKernel } from './CompressibleKernel.js';
import { decodeFloats, decodeStates, encodeFloats, encodeStates } from './stateCodec.js';

/**
 * What a run needs to go on after a pause, beside the weights: kept in the model's user-defined metadata, the one place
 * that survives model.save and loadLayersModel of a stock model.
 */
export interface Checkpoint {
  version: 1;
  /** By path. Layers of this package keep their states in a weight of their own and do not appear. */
  kernels: Record<string, KernelCheckpoint>;
  /** What each callback asked to find again, by the callback's name. */
  progress: Record<string, object>;
}

interface KernelCheckpoint {
  /** Base64 of two bits a weight. */
  states: string;
  /** Base64 of the float32 values under the mask, while surgery may bring them back: the weights themselves are saved as 0. */
  hidden?: string;
}

const key = 'tfjsCompress';

/** The field is private to tfjs's types only; its setter would warn above 1 MB and not take undefined. */
type WithMetadata = { userDefinedMetadata?: Record<string, unknown> };

export function readCheckpoint(model: LayersModel): Checkpoint | undefined {
  const checkpoint = (model as unknown as WithMetadata).userDefinedMetadata?.[key] as Checkpoint | undefined;
  if (checkpoint && checkpoint.version !== 1) {
    throw new Error(`The model carries a checkpoint of version ${checkpoint.version}; this release reads version 1.`);
  }
  return checkpoint;
}

/** Leaves a checkpoint on the model, or takes it away. */
export function writeCheckpoint(model: LayersModel, checkpoint: Checkpoint | undefined): void {
  const holder = model as unknown as WithMetadata;
  const { [key]: _, ...others } = holder.userDefinedMetadata ?? {};
  const metadata = checkpoint ? { ...others, [key]: checkpoint } : others;
  holder.userDefinedMetadata = Object.keys(metadata).length > 0 ? metadata : undefined;
}

/** @param raw The values of the variable, those under the mask included. */
export function checkpointOf(kernel: CompressibleKernel, raw: Float32Array): KernelCheckpoint {
  const states = kernel.states;
  const hidden = kernel.splicing ? raw.filter((_, i) => states[i] === PRUNED) : [];
  return { states: encodeStates(states), ...(hidden.length > 0 && { hidden: encodeFloats(hidden as Float32Array) }) };
}

/** Gives a newly attached kernel the states, and the values under the mask, of a checkpoint. */
export function restoreKernel(kernel: CompressibleKernel, saved: KernelCheckpoint): void {
  const states = decodeStates(saved.states, kernel.size);
  if (saved.hidden) {
    const hidden = decodeFloats(saved.hidden);
    const values = Float32Array.from(kernel.variable.read().dataSync());
    let next = 0;
    for (let i = 0; i < states.length; i++) if (states[i] === PRUNED) values[i] = hidden[next++];
    kernel.setValues(values);
  }
  kernel.setStates(states);
  kernel.splicing = saved.hidden !== undefined;
}

/**
 * Turns what a model with attached kernels is about to save into what it computes with: zeros where pruned. The
 * checkpoint goes into the metadata.
 */
export function addCheckpoint(
  artifacts: io.ModelArtifacts,
  kernels: CompressibleKernel[],
  progress: Record<string, object> | undefined,
): io.ModelArtifacts {
  const saved: Checkpoint['kernels'] = {};
  const data = artifacts.weightData as ArrayBuffer;
  const byName = new Map(kernels.map((kernel) => [kernel.variable.originalName, kernel]));
  let offset = 0;
  for (const spec of artifacts.weightSpecs ?? []) {
    const length = spec.shape.reduce((a, b) => a * b, 1);
    const kernel = spec.group === undefined || spec.group === 'model' ? byName.get(spec.name) : undefined;
    if (kernel) {
      const values = new Float32Array(data, offset, length);
      saved[kernel.path] = checkpointOf(kernel, values);
      const states = kernel.states;
      for (let i = 0; i < length; i++) if (states[i] === PRUNED) values[i] = 0;
    }
    offset += length * (spec.dtype === 'bool' ? 1 : 4);
  }
  if (!progress) return artifacts;
  const checkpoint: Checkpoint = { version: 1, kernels: saved, progress };
  return { ...artifacts, userDefinedMetadata: { ...artifacts.userDefinedMetadata, [key]: checkpoint } };
}
