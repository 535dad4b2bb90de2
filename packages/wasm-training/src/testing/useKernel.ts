import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { type AnySimdKernel, withFallback } from '../simd/SimdKernel.js';

/** Puts a kernel in the place of the WASM backend's. */
export function useKernel(kernelName: string, kernelFunc: KernelFunc): void {
  if (getKernel(kernelName, 'wasm')) unregisterKernel(kernelName, 'wasm');
  registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

/**
 * Puts a SIMD kernel in the place of the WASM backend's; what it does not take is an
 * error.
 */
export function useSimd(kernelName: string, kernel: AnySimdKernel): void {
  const refuse = () => {
    throw new Error(`${kernelName}: not taken by the SIMD kernel`);
  };
  useKernel(kernelName, withFallback(kernel, refuse));
}
