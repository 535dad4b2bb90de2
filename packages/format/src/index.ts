export { type CompressedOptions, type CompressedSaveResult, compressed } from './compressed.js';
export { type ExportStockOptions, exportStock } from './exportStock.js';
export { FormatError } from './FormatError.js';
export { type PackOptions, pack } from './pack.js';
export type { Lossy, WeightSelector } from './quantize.js';
export type { Source } from './readSource.js';
export { type UnpackOptions, unpack } from './unpack.js';
