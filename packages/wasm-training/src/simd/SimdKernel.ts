import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { simdKernels } from './SimdKernels.js';
import { Workspace } from './Workspace.js';

/**
 * Computes a kernel's output, or outputs, from the inputs of these names; null for inputs
 * or attributes that it does not take. Attributes have the type that tfjs-core declares
 * for the kernel.
 */
export type SimdKernel<Attrs, Names extends string, Optional extends string = never> = (
  workspace: Workspace,
  inputs: Record<Names, TensorInfo> & Partial<Record<Optional, TensorInfo>>,
  attrs: Attrs,
) => TensorInfo | TensorInfo[] | null;

/** A SIMD kernel of any kind. */
export type AnySimdKernel = (workspace: Workspace, inputs: never, attrs: never) => TensorInfo | TensorInfo[] | null;

/** The kernel function that uses `kernel` where it can, and else `fallback`. */
export function withFallback(kernel: AnySimdKernel, fallback: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as BackendWasm;
    const simd = simdKernels(backend);
    if (!simd) return fallback(args);
    const workspace = new Workspace(backend, simd);
    try {
      return kernel(workspace, args.inputs as never, args.attrs as never) ?? fallback(args);
    } finally {
      workspace.release();
    }
  };
}

/** Whether SIMD kernels can compute with these: float32, with at least one value each. */
export function areFloats(...tensors: TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === 'float32' && shape.every((n) => n > 0));
}
