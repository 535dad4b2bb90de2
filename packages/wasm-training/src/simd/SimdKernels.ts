import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { binaries } from './binaries.js';

/**
 * What assembly/index.ts exports. Addresses and strides are in bytes, sizes in values;
 * booleans are 0 or 1.
 */
export interface SimdKernels {
  addPatches(
    patches: number,
    images: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    filterHeight: number,
    filterWidth: number,
    strideHeight: number,
    strideWidth: number,
    top: number,
    left: number,
  ): void;
  addTo(to: number, from: number, count: number): void;
  avgPoolGradient(dy: number, dx: number, ...geometry: number[]): void;
  copyRows(from: number, fromStep: number, to: number, toStep: number, rows: number, bytes: number): void;
  depthwiseGradient(ofFilter: number, other: number, dy: number, target: number, ...geometry: number[]): void;
  fillRows(to: number, row: number, rows: number, columns: number): void;
  frame(
    x: number,
    out: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    top: number,
    left: number,
    frameHeight: number,
    frameWidth: number,
  ): void;
  gatherRows(x: number, ids: number, out: number, count: number, columns: number): void;
  gemm(
    a: number,
    rows: number,
    columns: number,
    b: number,
    bRow: number,
    bColumn: number,
    packed: number,
    c: number,
    m: number,
    n: number,
    k: number,
    add: number,
  ): void;
  maxPoolGradient(x: number, dy: number, dx: number, ...geometry: number[]): void;
  normalizeColumns(
    x: number,
    means: number,
    factors: number,
    terms: number,
    out: number,
    rows: number,
    columns: number,
  ): void;
  offsets(table: number, n0: number, step0: number, n1: number, step1: number, n2: number, step2: number): void;
  packedSize(n: number, k: number): number;
  selectBetween(x: number, dy: number, out: number, count: number, low: number, high: number): void;
  selectElements(mask: number, yes: number, no: number, out: number, count: number): void;
  squareGradient(x: number, dy: number, out: number, count: number): void;
  sumCenteredProducts(
    x: number,
    means: number,
    dy: number,
    sums: number,
    products: number,
    scratch: number,
    rows: number,
    columns: number,
  ): void;
  sumRows(x: number, sums: number, scratch: number, rows: number, columns: number): void;
  sumSegments(x: number, ids: number, sums: number, rows: number, columns: number, segments: number): void;
  transposeMatrices(x: number, out: number, count: number, rows: number, columns: number): void;
}

const instances = new WeakMap<BackendWasm, SimdKernels | null>();

/**
 * The SIMD kernels on the memory of a backend; null where the engine has no SIMD or the
 * backend hides its memory. They work on the backend's plain build, too.
 */
export function simdKernels(backend: BackendWasm): SimdKernels | null {
  let kernels = instances.get(backend);
  if (kernels === undefined) {
    kernels = instantiate(backend);
    instances.set(backend, kernels);
  }
  return kernels;
}

/**
 * Emscripten's names: the exports are `asm`, and with threads, where memory is imported,
 * it is `wasmMemory`.
 */
interface EmscriptenModule {
  asm?: Record<string, unknown>;
  wasmMemory?: unknown;
}

function instantiate(backend: BackendWasm): SimdKernels | null {
  const { asm, wasmMemory } = backend.wasm as unknown as EmscriptenModule;
  const memory = [wasmMemory, asm?.memory].find((found) => found instanceof WebAssembly.Memory);
  if (!memory) return null;
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const kernels = load(shared ? binaries.shared : binaries.unshared, memory);
  const fused = load(shared ? binaries.fusedShared : binaries.fusedUnshared, memory);
  return kernels && ({ ...kernels, ...fused } as unknown as SimdKernels);
}

/** What a module exports; null where the engine lacks the instructions it is made of. */
function load(base64: string, memory: WebAssembly.Memory): WebAssembly.Exports | null {
  const bytes = decodeBase64(base64);
  if (!WebAssembly.validate(bytes)) return null;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
