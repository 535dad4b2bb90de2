export { type CompressedHandler, type CompressedOptions, type CompressedSaveResult, compressed } from './compressed.js';
export { FormatError } from './decoder/FormatError.js';
export type { UnpackOptions } from './decoder/open.js';
export type { Source } from './decoder/readSource.js';
export { unpack } from './decoder/unpack.js';
export { type ExportStockOptions, exportStock } from './exportStock.js';
export { type PackOptions, pack } from './pack.js';
export { type PackAsyncOptions, packAsync } from './packAsync.js';
export type { Lossy, WeightSelector } from './quantize.js';
