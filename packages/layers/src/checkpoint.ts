import { LayersModel } from '@tensorflow/tfjs-layers';
import { PRUNED } from '@tfjs-compress/math';
import type { CompressibleKernel } from './CompressibleKernel.js';
import { hook } from './hook.js';
import { decodeFloats, decodeStates, encodeFloats, encodeStates } from './stateCodec.js';

/**
 * What a model says of its compression: kept in the model's user-defined metadata, the
 * one place that survives model.save and loadLayersModel of a stock model. Paths are
 * those of Site.path.
 */
export interface CompressionMetadata extends Partial<Run> {
  version: 2;
  /**
   * Kernels whose zeros were pruned. In layers of this package a weight of their own says
   * it.
   */
  pruned?: string[];
}

/** What a run that was stopped needs to go on, beside the weights. */
export interface Run {
  kernels: Record<string, KernelRecord>;
  /** What each callback asked to find again, by the callback's slot. */
  progress: Record<string, object>;
}

interface KernelRecord {
  /** Of the effective weights: the record belongs to these and no others. */
  fingerprint: string;
  /**
   * Base64 of two bits a weight; layers of this package keep their states in a weight of
   * their own.
   */
  states?: string;
  /**
   * Base64 of the float32 values under the mask, while surgery may bring them back: the
   * weights themselves are saved as 0.
   */
  hidden?: string;
}

export const metadataKey = 'tfjsCompress';

/** Models whose compression is that of another one. */
const owners = new WeakMap<LayersModel, LayersModel>();

/**
 * Makes what callbacks leave on `model` that of `owner`, for models that share layers of
 * the same names: a detector is trained as one model and saved as another.
 */
export function shareRun(model: LayersModel, owner: LayersModel): void {
  owners.set(model, owner);
}

/**
 * The model that carries what is said of a model's compression: itself, if shareRun() was
 * not called.
 */
export function ownerOf(model: LayersModel): LayersModel {
  return owners.get(model) ?? model;
}

/**
 * The field is private to tfjs's types only; its setter would warn above 1 MB and not
 * take undefined.
 */
type WithMetadata = { userDefinedMetadata?: Record<string, unknown> };

/**
 * People set metadata of their own at any time (labels, as Teachable Machine does); what
 * is pruned is not undone by it.
 */
hook(
  LayersModel.prototype,
  'setUserDefinedMetadata',
  (set) =>
    function (this: WithMetadata, metadata: Record<string, unknown>) {
      const own = this.userDefinedMetadata?.[metadataKey];
      set.call(this, metadata);
      if (own !== undefined && !(metadataKey in metadata))
        this.userDefinedMetadata = { ...metadata, [metadataKey]: own };
    },
);

/** @throws Error when another release wrote it. */
export function readMetadata(model: LayersModel): CompressionMetadata | undefined {
  const metadata = (ownerOf(model) as unknown as WithMetadata).userDefinedMetadata?.[metadataKey] as
    | CompressionMetadata
    | undefined;
  if (metadata === undefined || metadata.version === 2) return metadata;
  throw new Error(
    `The model carries compression metadata of version ${metadata?.version}; this release reads version 2. ` +
      'resetCompression(model) drops it.',
  );
}

/** The run of a model, if it carries one. */
export function readRun(model: LayersModel): Run | undefined {
  const { kernels, progress } = readMetadata(model) ?? {};
  return kernels && progress && { kernels, progress };
}

/** Leaves it on the model; takes it away where it says nothing. */
export function writeMetadata(model: LayersModel, pruned: string[] = [], run?: Run): void {
  const holder = ownerOf(model) as unknown as WithMetadata;
  const { [metadataKey]: _, ...others } = holder.userDefinedMetadata ?? {};
  const own = { version: 2, ...(pruned.length > 0 && { pruned }), ...run };
  const metadata = pruned.length > 0 || run ? { ...others, [metadataKey]: own } : others;
  holder.userDefinedMetadata = Object.keys(metadata).length > 0 ? metadata : undefined;
}

/** @param raw The values of the variable, those under the mask included. */
export function recordOf(kernel: CompressibleKernel, raw: Float32Array): KernelRecord {
  const states = kernel.states;
  const fingerprint = fingerprintOf(raw, states);
  if (kernel.stateVariable) return { fingerprint };
  const hidden = kernel.splicing ? raw.filter((_, i) => states[i] === PRUNED) : new Float32Array();
  return { fingerprint, states: encodeStates(states), ...(hidden.length > 0 && { hidden: encodeFloats(hidden) }) };
}

/**
 * Gives a newly attached kernel the states, and the values under the mask, of a record.
 */
export async function restoreKernel(kernel: CompressibleKernel, { states, hidden }: KernelRecord): Promise<void> {
  if (states === undefined) return;
  const restored = decodeStates(states, kernel.size);
  const under = hidden === undefined ? undefined : decodeFloats(hidden);
  const expected = restored.filter((state) => state === PRUNED).length;
  if (under && under.length !== expected) {
    throw new Error(`saved values under the mask of ${kernel.path}: expected ${expected}, received ${under.length}.`);
  }
  kernel.splicing = under !== undefined;
  kernel.setStates(restored);
  if (!under) return;
  const values = (await kernel.values()).slice();
  let next = 0;
  for (let i = 0; i < restored.length; i++) if (restored[i] === PRUNED) values[i] = under[next++];
  kernel.setValues(values);
}

/**
 * 32 bits (FNV-1a) of the effective weights, as text. Denormal numbers, which some
 * backends flush, count as 0.
 */
export function fingerprintOf(values: Float32Array, states?: Uint8Array): string {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    const isZero = (words[i] & 0x7f800000) === 0 || states?.[i] === PRUNED;
    hash = Math.imul(hash ^ (isZero ? 0 : words[i]), 0x01000193);
    // The product alone never carries a high bit into a low one.
    hash ^= hash >>> 15;
  }
  return (hash >>> 0).toString(16);
}
