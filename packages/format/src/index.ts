export { FormatError } from './codec/FormatError.js';
export type { UnpackOptions } from './decode/open.js';
export { unpack } from './decode/unpack.js';
export { type PackOptions, pack } from './encode/pack.js';
export { type PackAsyncOptions, packAsync } from './encode/packAsync.js';
export type { Lossy, WeightSelector } from './encode/quantize.js';
export {
  type CompressedHandler,
  type CompressedOptions,
  type CompressedSaveResult,
  compressed,
} from './io/compressed.js';
export { type ExportStockOptions, exportStock } from './io/exportStock.js';
export type { Source } from './io/readSource.js';
