import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
  version_core,
} from '@tensorflow/tfjs-core';
import { takingChannelsFirst } from './compositions/conv2D.js';
import { conv2DBackpropFilter } from './compositions/conv2DBackpropFilter.js';
import { depthwiseConv2dNativeBackpropFilter } from './compositions/depthwiseConv2dNativeBackpropFilter.js';
import { depthwiseConv2dNativeBackpropInput } from './compositions/depthwiseConv2dNativeBackpropInput.js';
import { unsortedSegmentSum } from './compositions/unsortedSegmentSum.js';
import { registerFastGradients } from './gradients.js';
import * as columns from './simd/kernels/columns.js';
import * as convolutions from './simd/kernels/convolutions.js';
import * as copies from './simd/kernels/copies.js';
import * as depthwise from './simd/kernels/depthwise.js';
import * as normalization from './simd/kernels/normalization.js';
import * as pooling from './simd/kernels/pooling.js';
import * as products from './simd/kernels/products.js';
import * as reductions from './simd/kernels/reductions.js';
import { select } from './simd/kernels/select.js';
import * as slices from './simd/kernels/slices.js';
import { transpose } from './simd/kernels/transpose.js';
import { type AnySimdKernel, withFallback } from './simd/SimdKernel.js';

/**
 * Kernels that gradients call and the WASM backend of tfjs 4.22 lacks: the SIMD kernel,
 * and what does without SIMD.
 */
const missing: Record<string, [AnySimdKernel, KernelFunc]> = {
  Conv2DBackpropFilter: [convolutions.conv2DBackpropFilter, conv2DBackpropFilter],
  DepthwiseConv2dNativeBackpropFilter: [
    depthwise.depthwiseConv2dNativeBackpropFilter,
    depthwiseConv2dNativeBackpropFilter,
  ],
  DepthwiseConv2dNativeBackpropInput: [
    depthwise.depthwiseConv2dNativeBackpropInput,
    depthwiseConv2dNativeBackpropInput,
  ],
  UnsortedSegmentSum: [reductions.unsortedSegmentSum, unsortedSegmentSum],
};

/**
 * SIMD kernels that are faster than the backend's own, which stay in use for what they do
 * not take.
 */
const faster: Record<string, AnySimdKernel> = {
  _FusedMatMul: products.fusedMatMul,
  Add: columns.add,
  AvgPoolGrad: pooling.avgPoolGrad,
  BatchMatMul: products.batchMatMul,
  Cast: copies.cast,
  Conv2D: convolutions.conv2D,
  Conv2DBackpropInput: convolutions.conv2DBackpropInput,
  FusedBatchNorm: normalization.fusedBatchNorm,
  FusedConv2D: convolutions.fusedConv2D,
  GatherV2: slices.gatherV2,
  Identity: copies.identity,
  MaxPoolGrad: pooling.maxPoolGrad,
  Mean: reductions.mean,
  Select: select,
  Slice: slices.slice,
  SplitV: slices.splitV,
  Sub: columns.sub,
  Sum: reductions.sum,
  Tile: copies.tile,
  Transpose: transpose,
  Unpack: slices.unpack,
};

const backendName = 'wasm';
const registered = new WeakSet<KernelConfig>();

/**
 * Gives the WASM backend the kernels that training needs and lacks, and replaces kernels
 * and gradients that are slow. Call it once, before or after the backend is set; calling
 * it again changes nothing.
 *
 * Throws an Error unless tfjs-core and tfjs-backend-wasm are of one version from 4.22 up
 * to, but not including, 5.
 *
 * ```js
 * registerTrainingKernels();
 * await tf.setBackend('wasm');
 * await model.fit(x, y, { epochs: 5 }); // …
 * ```
 */
export function registerTrainingKernels(): void {
  checkVersions(version_core, version_wasm);
  for (const [kernelName, [simd, composition]] of Object.entries(missing)) {
    // A later tfjs may have a kernel of its own; ours was measured against none, so
    // theirs stays.
    if (!getKernel(kernelName, backendName))
      register({ kernelName, backendName, kernelFunc: withFallback(simd, composition) });
  }
  for (const [kernelName, simd] of Object.entries(faster)) {
    const own = getKernel(kernelName, backendName);
    if (!own || registered.has(own)) continue;
    unregisterKernel(kernelName, backendName);
    const fallback = kernelName === 'Conv2D' ? takingChannelsFirst(own.kernelFunc) : own.kernelFunc;
    register({ ...own, kernelFunc: withFallback(simd, fallback) });
  }
  registerFastGradients();
}

function register(config: KernelConfig): void {
  registerKernel(config);
  registered.add(config);
}

/**
 * Throws an Error unless both versions are the same and one that the kernels were written
 * for.
 */
export function checkVersions(core: string, wasm: string): void {
  const [major, minor] = core.split('.').map(Number);
  if (core === wasm && major === 4 && minor >= 22) return;
  throw new Error(
    '@tfjs-compress/wasm-training: expected @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm of the same version, ' +
      `4.22 or a later 4.x, received tfjs-core ${core} and tfjs-backend-wasm ${wasm}.`,
  );
}
