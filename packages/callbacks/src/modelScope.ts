import type { CompressibleKernel } from '@tfjs-compress/layers';
import { magnitudeAtSparsity, magnitudeStats, PRUNED, pruneToSparsity } from '@tfjs-compress/math';

/** All selected kernels as one vector, each divided by its scale: what scope 'model' prunes as one. */
export interface Joined {
  values: Float32Array;
  states: Uint8Array;
  /** Where each kernel begins. */
  offsets: number[];
}

/** Root mean square of the weights that are not 0: what a kernel's threshold is measured in. 1 where all are 0. */
export async function scaleOf(kernel: CompressibleKernel): Promise<number> {
  const { mean, std } = magnitudeStats([await kernel.effectiveValues()]);
  return Math.hypot(mean, std) || 1;
}

export async function joinKernels(kernels: CompressibleKernel[], scales: number[]): Promise<Joined> {
  const size = kernels.reduce((total, kernel) => total + kernel.size, 0);
  const joined: Joined = { values: new Float32Array(size), states: new Uint8Array(size), offsets: [] };
  let offset = 0;
  for (const [k, kernel] of kernels.entries()) {
    const values = await kernel.values();
    for (let i = 0; i < values.length; i++) joined.values[offset + i] = values[i] / scales[k];
    joined.states.set(kernel.states, offset);
    joined.offsets.push(offset);
    offset += kernel.size;
  }
  return joined;
}

/** The common factor of all thresholds at a sparsity of the whole. */
export function commonFactor({ values, states }: Joined, sparsity: number): number {
  return magnitudeAtSparsity(values, states, sparsity);
}

/**
 * The states of all kernels with exactly round(sparsity · n) pruned, one vector. A kernel that would lose every weight
 * keeps its largest one, and the smallest one elsewhere goes instead.
 */
export function finalStates({ values, states, offsets }: Joined, sparsity: number): Uint8Array {
  const next = states.slice();
  pruneToSparsity(values, next, sparsity);
  for (const [k, begin] of offsets.entries()) {
    const end = offsets[k + 1] ?? next.length;
    if (next.subarray(begin, end).some((state) => state !== PRUNED)) continue;
    const victim = smallestKept(values, next, offsets);
    let largest = begin;
    for (let i = begin; i < end; i++) if (Math.abs(values[i]) > Math.abs(values[largest])) largest = i;
    next[largest] = 1;
    if (victim !== undefined) next[victim] = PRUNED;
  }
  return next;
}

/** The smallest weight that is kept in a kernel which keeps others. */
function smallestKept(values: Float32Array, states: Uint8Array, offsets: number[]): number | undefined {
  let smallest: number | undefined;
  for (const [k, begin] of offsets.entries()) {
    const end = offsets[k + 1] ?? states.length;
    const kept = [];
    for (let i = begin; i < end; i++) if (states[i] === 1) kept.push(i);
    if (kept.length < 2) continue;
    for (const i of kept) if (smallest === undefined || Math.abs(values[i]) < Math.abs(values[smallest])) smallest = i;
  }
  return smallest;
}
