import type { io } from '@tensorflow/tfjs-core';
import { type StoredWeight, storedWeights, valuesOf, withWeights } from '@tfjs-compress/format/internal';
import { codebookOf, FREE, PRUNED, pruneToSparsity, roundToPowerOfTwo } from '@tfjs-compress/math';
import { isGraphModel } from '../model/graphKernels.js';
import { type Weight, weightsOf } from '../model/weights.js';

/** A model whose kernels were changed, and what has to be said about it. */
export interface Transformed {
  artifacts: io.ModelArtifacts;
  /** The kernels' paths. */
  kernels: string[];
  notes: string[];
}

/**
 * Sets the smallest weights of every kernel to zero, and marks the kernels as pruned in
 * the model's userDefinedMetadata: the callbacks take zeros of a marked kernel for pruned
 * weights, those of others for values. In layers with a state the state says so, too.
 */
export function prune(artifacts: io.ModelArtifacts, sparsity: number): Transformed {
  const changed = transform(artifacts, (values) => {
    const states = new Uint8Array(values.length).fill(FREE);
    pruneToSparsity(values, states, sparsity);
    return { values: values.map((value, i) => (states[i] === PRUNED ? 0 : value)), states };
  });
  return { ...changed, artifacts: marked(changed.artifacts, changed.kernels) };
}

/** Rounds every kernel to powers of two (INQ's levels for `bits` bits). */
export function quantize(artifacts: io.ModelArtifacts, bits: number): Transformed {
  return transform(artifacts, (values) => ({ values: roundToPowerOfTwo(values, codebookOf(values, bits)) }));
}

/**
 * New artifacts whose kernels are what `change` makes of their effective values; all else
 * stays as it is. Kernels that are stored as uint8, uint16 or float16 become float32,
 * since those cannot hold the new values.
 *
 * @throws Error when there are no kernels, or values that are not finite.
 */
function transform(
  artifacts: io.ModelArtifacts,
  change: (values: Float32Array) => { values: Float32Array; states?: Uint8Array },
): Transformed {
  const kernels = weightsOf(artifacts).filter(({ isCompressible }) => isCompressible);
  if (kernels.length === 0) throw new Error(noKernel(artifacts));
  const stored = storedWeights(artifacts);
  const notes: string[] = [];
  for (const kernel of kernels) {
    const { name, index, stateIndex, values } = kernel;
    if (!values.every(Number.isFinite)) throw new Error(`weight '${name}' has values that are not finite.`);
    const changed = change(values);
    stored[index] = asFloat32(stored[index], changed.values);
    if (stateIndex !== undefined && changed.states) stored[stateIndex] = withPruned(stored[stateIndex], changed.states);
  }
  const converted = kernels.filter(({ storedAs }) => storedAs);
  if (converted.length > 0) notes.push(conversionNote(converted));
  return { artifacts: withWeights(artifacts, stored), kernels: kernels.map(({ path }) => path), notes };
}

function asFloat32({ spec }: StoredWeight, values: Float32Array): StoredWeight {
  const { quantization: _, ...rest } = spec;
  return { spec: rest, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** A state of 0 for what is pruned now; what was frozen and is not pruned stays so. */
function withPruned(state: StoredWeight, states: Uint8Array): StoredWeight {
  const values = valuesOf(state).map((value, i) => (states[i] === PRUNED ? PRUNED : value));
  return { ...state, bytes: new Uint8Array(values.buffer) };
}

function marked(artifacts: io.ModelArtifacts, kernels: string[]): io.ModelArtifacts {
  const given = artifacts.userDefinedMetadata as Record<string, any> | undefined;
  const before = given?.tfjsCompress;
  const pruned = [...new Set([...(Array.isArray(before?.pruned) ? before.pruned : []), ...kernels])];
  const tfjsCompress = { ...before, version: 2, pruned };
  return { ...artifacts, userDefinedMetadata: { ...given, tfjsCompress } };
}

function noKernel(artifacts: io.ModelArtifacts): string {
  return isGraphModel(artifacts)
    ? 'this graph model has no constant that a convolution or a matrix product takes as its kernel: there is nothing to prune or quantize.'
    : 'the model has no kernel that could be pruned or quantized (dense, convolution, embedding and recurrent layers have one).';
}

function conversionNote(kernels: Weight[]): string {
  const kinds = [...new Set(kernels.map(({ storedAs }) => storedAs))].join(' and ');
  return `${kernels.length} kernels were stored as ${kinds} and are float32 now, which holds the new values exactly.`;
}
