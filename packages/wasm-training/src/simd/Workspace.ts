import { type BackendWasm, getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernels } from './SimdKernels.js';

/**
 * A backend's tensors as raw memory, and scratch memory that lasts for one kernel call.
 */
export class Workspace {
  private readonly scratches: TensorInfo[] = [];

  constructor(
    readonly backend: BackendWasm,
    readonly simd: SimdKernels,
  ) {}

  /**
   * Whether XNNPACK, the backend's own library, computes on several threads, as these
   * kernels cannot.
   */
  get hasThreads(): boolean {
    return getThreadsCount() > 1;
  }

  address(tensor: TensorInfo): number {
    return this.backend.getMemoryOffset(tensor.dataId);
  }

  /** A new tensor with undefined values. */
  output(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const output = this.backend.makeOutput(shape, dtype);
    if (this.address(output) === 0 && shape.every((n) => n > 0)) {
      this.backend.disposeData(output.dataId);
      throw new Error(`The WASM memory (4 GB at most) has no room left for a tensor of shape [${shape}].`);
    }
    return output;
  }

  /** The address of so many bytes of undefined values. */
  scratch(bytes: number): number {
    const tensor = this.output([Math.max(1, Math.ceil(bytes / 4))]);
    this.scratches.push(tensor);
    return this.address(tensor);
  }

  /** Writes values to an address. */
  fill(address: number, values: Float32Array): void {
    const { HEAPU8 } = this.backend.wasm as unknown as { HEAPU8: Uint8Array };
    new Float32Array(HEAPU8.buffer, address, values.length).set(values);
  }

  release(): void {
    for (const tensor of this.scratches) this.backend.disposeData(tensor.dataId);
    this.scratches.length = 0;
  }
}
