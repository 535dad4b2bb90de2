import { type ConvGeometry, geometryArguments, patchSize } from './ConvGeometry.js';
import { Patches } from './Patches.js';
import type { Workspace } from './Workspace.js';

/*
 * Convolution and its two gradients as products with the matrix of all patches. All of x,
 * filter, bias, dy and so on are addresses.
 */

/** out = x * filter + bias; no bias if that is 0. */
export function convolve(w: Workspace, conv: ConvGeometry, x: number, filter: number, bias: number, out: number): void {
  multiplyPatches(w, conv, new Patches(w, conv), x, filter, bias, out);
}

/** out = patches·filter + bias, with a filter of [patch elements, outChannels]. */
function multiplyPatches(
  w: Workspace,
  conv: ConvGeometry,
  patches: Patches,
  x: number,
  filter: number,
  bias: number,
  out: number,
): void {
  const { simd } = w;
  const n = conv.outChannels;
  const k = patchSize(conv);
  const pixels = conv.outHeight * conv.outWidth;
  const packed = w.scratch(simd.packedSize(n, k));
  for (let first = 0; first < conv.batch; first += patches.group) {
    const count = Math.min(patches.group, conv.batch - first);
    const m = count * pixels;
    const to = out + 4 * first * pixels * n;
    if (bias !== 0) simd.fillRows(to, bias, m, n);
    const base = patches.base(x, first, count);
    simd.gemm(base, patches.pixels, patches.elements, filter, 4 * n, 4, packed, to, m, n, k, bias === 0 ? 0 : 1);
  }
}

/** dw = patchesᵀ·dy. */
export function filterGradient(w: Workspace, conv: ConvGeometry, x: number, dy: number, dw: number): void {
  const { simd } = w;
  const n = conv.outChannels;
  const pixels = conv.outHeight * conv.outWidth;
  const patches = new Patches(w, conv);
  const packed = w.scratch(simd.packedSize(n, patches.group * pixels));
  for (let first = 0; first < conv.batch; first += patches.group) {
    const count = Math.min(patches.group, conv.batch - first);
    const base = patches.base(x, first, count);
    const from = dy + 4 * first * pixels * n;
    const [m, k] = [patchSize(conv), count * pixels];
    simd.gemm(base, patches.elements, patches.pixels, from, 4 * n, 4, packed, dw, m, n, k, first === 0 ? 0 : 1);
  }
}

/** dx, by whichever of the two ways takes fewer operations. */
export function inputGradient(w: Workspace, conv: ConvGeometry, dy: number, filter: number, dx: number): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = conv;
  const tiles = (columns: number) => 8 * Math.ceil(columns / 8);
  const byPatches = outHeight * outWidth * (tiles(patchSize(conv)) * outChannels + 4 * patchSize(conv));
  const byConvolution = inHeight * inWidth * filterHeight * filterWidth * outChannels * tiles(inChannels);
  const fits = conv.top < filterHeight && conv.left < filterWidth && conv.strideHeight === 1 && conv.strideWidth === 1;
  if (fits && byConvolution < byPatches) gradientByConvolution(w, conv, dy, filter, dx);
  else gradientByPatches(w, conv, dy, filter, dx);
}

/**
 * With stride 1, dx is dy convolved with the filter turned round and its channels
 * swapped.
 */
function gradientByConvolution(w: Workspace, conv: ConvGeometry, dy: number, filter: number, dx: number): void {
  const { inChannels, outChannels, filterHeight, filterWidth } = conv;
  const swapped = w.scratch(4 * patchSize(conv) * outChannels);
  w.simd.transposeMatrices(filter, swapped, filterHeight * filterWidth, inChannels, outChannels);
  const back: ConvGeometry = {
    ...conv,
    inHeight: conv.outHeight,
    inWidth: conv.outWidth,
    inChannels: outChannels,
    outHeight: conv.inHeight,
    outWidth: conv.inWidth,
    outChannels: inChannels,
    top: filterHeight - 1 - conv.top,
    left: filterWidth - 1 - conv.left,
  };
  multiplyPatches(w, back, new Patches(w, back, true), dy, swapped, 0, dx);
}

/**
 * Patches of gradients that are made before they are added up: few enough to stay in the
 * second-level cache.
 */
const PATCH_BYTES = 2 ** 19;

/** Makes the gradients of the patches, dy·filterᵀ, and adds them up to dx. */
function gradientByPatches(w: Workspace, conv: ConvGeometry, dy: number, filter: number, dx: number): void {
  const { simd } = w;
  const { batch, inHeight, inWidth, inChannels, outChannels } = conv;
  const pixels = conv.outHeight * conv.outWidth;
  const n = patchSize(conv);
  const group = Math.min(batch, Math.max(1, Math.floor(PATCH_BYTES / (4 * n * pixels))));
  const patches = w.scratch(4 * group * pixels * n);
  const packed = w.scratch(simd.packedSize(n, outChannels));
  const rows = table(w, group * pixels, 4 * outChannels);
  const columns = table(w, outChannels, 4);
  for (let first = 0; first < batch; first += group) {
    const count = Math.min(group, batch - first);
    const from = dy + 4 * first * pixels * outChannels;
    simd.gemm(from, rows, columns, filter, 4, 4 * outChannels, packed, patches, count * pixels, n, outChannels, 0);
    const images = dx + 4 * first * inHeight * inWidth * inChannels;
    simd.addPatches(patches, images, ...geometryArguments({ ...conv, batch: count }));
  }
}

/** The address of a table of the byte offsets 0, step, 2·step, … */
export function table(w: Workspace, count: number, step: number): number {
  const address = w.scratch(4 * count);
  w.simd.offsets(address, count, step, 1, 0, 1, 0);
  return address;
}
