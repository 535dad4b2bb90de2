import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend,
  type ClipByValueAttrs,
  div,
  engine,
  type GradConfig,
  type GradFunc,
  getBackend,
  getGradient,
  getKernel,
  type MeanAttrs,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  reshape,
  type Tensor,
  tile,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';
import { fusedBatchNormGrad, isForColumns } from './simd/kernels/normalization.js';
import { selectBetween } from './simd/kernels/selectBetween.js';
import { squareGrad } from './simd/kernels/squareGrad.js';
import { areFloats, withFallback } from './simd/SimdKernel.js';
import { simdKernels } from './simd/SimdKernels.js';

/** A gradient function that gives null for what it does not take. */
type FastGradient = (...args: Parameters<GradFunc>) => ReturnType<GradFunc> | null;

/** The smallest number greater than zero. */
const TINY = 2 ** -149;

/**
 * Kernels of their own, for gradients that tfjs-core composes of many passes over memory.
 */
const kernels = { FusedBatchNormGrad: fusedBatchNormGrad, SelectBetween: selectBetween, SquareGrad: squareGrad };

const fastGradients: Record<string, FastGradient> = {
  Relu: (dy, [x]) => between(x, dy as Tensor, TINY, Number.POSITIVE_INFINITY),
  ClipByValue: (dy, [x], attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as ClipByValueAttrs;
    return between(x, dy as Tensor, clipValueMin, clipValueMax);
  },
  // Of means over the first axes: every row of x gets the same.
  Mean: (dy, [x], attrs) => {
    const axes = util.parseAxisParam((attrs as unknown as MeanAttrs).axis, x.shape).sort((a, b) => a - b);
    const last = axes.length - 1;
    if (last < 0 || axes[last] !== last || axes.length === x.shape.length || !areFloats(x, dy as Tensor)) return null;
    const [outer, inner] = [x.shape.slice(0, axes.length), x.shape.slice(axes.length)];
    const row = () => reshape(div(dy as Tensor, util.sizeFromShape(outer)), [...outer.map(() => 1), ...inner]);
    return { x: () => tile(row(), [...outer, ...inner.map(() => 1)]) };
  },
  Square: (dy, [x]) =>
    areFloats(x, dy as Tensor)
      ? { x: () => engine().runKernel('SquareGrad', { x, dy: dy as Tensor }) as Tensor }
      : null,
  FusedBatchNorm: (dy, saved, attrs) => {
    const [x, mean, variance, scale] = saved;
    const given = [mean, variance, scale].filter((tensor) => tensor != null);
    if (!areFloats(x, dy as Tensor) || !given.every((tensor) => isForColumns(x, tensor))) return null;
    const inputs: NamedTensorMap = { x, dy: dy as Tensor, mean, variance };
    if (scale != null) inputs.scale = scale;
    const gradients = engine().runKernel('FusedBatchNormGrad', inputs, attrs) as Tensor[];
    const names = ['x', 'mean', 'variance', 'scale', 'offset'];
    return Object.fromEntries(names.map((name, i) => [name, () => gradients[i]]));
  },
};

function between(x: Tensor, dy: Tensor, low: number, high: number): ReturnType<GradFunc> | null {
  if (!areFloats(x, dy)) return null;
  return { x: () => engine().runKernel('SelectBetween', { x, dy }, { low, high }) as Tensor };
}

const registered = new WeakSet<GradConfig>();

/**
 * Puts the fast gradients before tfjs-core's own, which other backends, and engines
 * without SIMD, go on using.
 */
export function registerFastGradients(): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (getKernel(kernelName, 'wasm')) continue;
    registerKernel({ kernelName, backendName: 'wasm', kernelFunc: withFallback(kernel, refuse) });
  }
  for (const [kernelName, fast] of Object.entries(fastGradients)) {
    const own = getGradient(kernelName);
    if (!own || registered.has(own)) continue;
    const gradFunc: GradFunc = (dy, saved, attrs) =>
      (hasSimd() ? fast(dy, saved, attrs) : null) ?? own.gradFunc(dy, saved, attrs);
    const config = { ...own, gradFunc };
    unregisterGradient(kernelName);
    registerGradient(config);
    registered.add(config);
  }
}

function refuse(): never {
  throw new Error('The SIMD kernels were called where there is no SIMD.');
}

function hasSimd(): boolean {
  return getBackend() === 'wasm' && simdKernels(backend() as BackendWasm) !== null;
}
