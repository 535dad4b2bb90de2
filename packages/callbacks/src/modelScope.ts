import type { CompressibleKernel } from '@tfjs-compress/layers';
import {
  type Change,
  countState,
  FREE,
  magnitudeAtSparsity,
  magnitudeStats,
  PRUNED,
  pruneToSparsity,
  setMask,
  updateMaskWith,
} from '@tfjs-compress/math';

/** A kernel of scope 'model', and what its threshold is measured in. */
export interface ScaledKernel {
  kernel: CompressibleKernel;
  scale: number;
  hysteresis: number;
}

/** Root mean square of the weights that are not 0. 1 where all are. */
export async function scaleOf(kernel: CompressibleKernel): Promise<number> {
  const { mean, std } = magnitudeStats([await kernel.effectiveValues()]);
  return Math.hypot(mean, std) || 1;
}

/** The share of all their weights that is pruned: what the schedule starts from. */
export function sparsityTogether(targets: readonly { kernel: CompressibleKernel }[]): number {
  let [pruned, all] = [0, 0];
  for (const { kernel } of targets) {
    pruned += countState(kernel.states, PRUNED);
    all += kernel.size;
  }
  return pruned / all;
}

/**
 * One mask update of all kernels, with thresholds at one common factor of their scales.
 */
export async function updateMasksTogether(kernels: ScaledKernel[], sparsity: number): Promise<Change[]> {
  const { values, states } = await joinKernels(kernels);
  const factor = magnitudeAtSparsity(values, states, sparsity);
  const changes: Change[] = [];
  for (const { kernel, scale, hysteresis } of kernels) {
    const [a, b] = [(1 - hysteresis) * factor * scale, (1 + hysteresis) * factor * scale];
    changes.push(await kernel.update(updateMaskWith({ a, b }, b)));
  }
  return changes;
}

/** The last update: exactly round(sparsity · n) of all weights together are pruned. */
export async function fixMasksTogether(kernels: ScaledKernel[], sparsity: number): Promise<Change[]> {
  const joined = await joinKernels(kernels);
  const factor = magnitudeAtSparsity(joined.values, joined.states, sparsity);
  const next = finalStates(joined, sparsity);
  const changes: Change[] = [];
  for (const [i, { kernel, scale }] of kernels.entries()) {
    const begin = joined.offsets[i];
    changes.push(await kernel.update(setMask(next.slice(begin, begin + kernel.size), factor * scale)));
  }
  return changes;
}

/** All kernels as one vector, each divided by its scale. */
interface Joined {
  values: Float32Array;
  states: Uint8Array;
  /** Where each kernel begins, and the end. */
  offsets: number[];
}

async function joinKernels(kernels: ScaledKernel[]): Promise<Joined> {
  const offsets = [0];
  for (const { kernel } of kernels) offsets.push(offsets[offsets.length - 1] + kernel.size);
  const size = offsets[kernels.length];
  const joined: Joined = { values: new Float32Array(size), states: new Uint8Array(size), offsets };
  for (const [k, { kernel, scale }] of kernels.entries()) {
    const values = await kernel.values();
    for (let i = 0; i < values.length; i++) joined.values[offsets[k] + i] = values[i] / scale;
    joined.states.set(kernel.states, offsets[k]);
  }
  return joined;
}

/**
 * A kernel that would lose every weight keeps its largest one, and the smallest one
 * elsewhere goes instead.
 */
function finalStates({ values, states, offsets }: Joined, sparsity: number): Uint8Array {
  const next = states.slice();
  pruneToSparsity(values, next, sparsity);
  for (let k = 0; k + 1 < offsets.length; k++) {
    const [begin, end] = [offsets[k], offsets[k + 1]];
    if (next.subarray(begin, end).some((state) => state !== PRUNED)) continue;
    const victim = smallestKept(values, next, offsets);
    let largest = begin;
    for (let i = begin; i < end; i++) if (Math.abs(values[i]) > Math.abs(values[largest])) largest = i;
    next[largest] = FREE;
    if (victim !== undefined) next[victim] = PRUNED;
  }
  return next;
}

/** The smallest weight that is kept in a kernel which keeps others. */
function smallestKept(values: Float32Array, states: Uint8Array, offsets: number[]): number | undefined {
  let smallest: number | undefined;
  for (let k = 0; k + 1 < offsets.length; k++) {
    const kept = [];
    for (let i = offsets[k]; i < offsets[k + 1]; i++) if (states[i] === FREE) kept.push(i);
    if (kept.length < 2) continue;
    for (const i of kept) if (smallest === undefined || Math.abs(values[i]) < Math.abs(values[smallest])) smallest = i;
  }
  return smallest;
}
